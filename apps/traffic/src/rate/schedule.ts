export type Schedule = ReturnType<typeof startSchedule>;

interface ScheduleOptions {
  readonly ratePerSecond: number;
  /** The current factor of the rate, such as by the hour of the day. */
  readonly factor?: () => number;
  /** Starts one visit; must not wait for it and must not throw. */
  readonly arrive: () => void;
  /** Called with the number of due visits that are dropped, because the process was suspended. */
  readonly skip: (count: number) => void;
  /** Milliseconds on a steady clock. */
  readonly now: () => number;
}

// A machine that resumes must not start an hour's visits at once.
const maxLateMs = 1_000;
// A low rate must still follow the shape of the day.
const longestSleepMs = 1_000;

/**
 * Starts a schedule of evenly spaced arrivals. It is an open loop: a slow api does not slow down the
 * arrivals, so that latency is measured as customers experience it.
 */
export function startSchedule(options: ScheduleOptions) {
  const { factor = () => 1, arrive, skip, now } = options;
  let rate = options.ratePerSecond;
  let countedAt = now();
  // Each whole one is a visit; the first starts at once.
  let due = 1;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const currentRate = () => rate * factor();

  function tick(): void {
    const elapsedMs = now() - countedAt;
    countedAt += elapsedMs;
    due += (elapsedMs / 1_000) * currentRate();
    const most = Math.ceil((maxLateMs / 1_000) * currentRate()) + 1;
    if (due > most) {
      skip(Math.floor(due - most));
      due = most;
    }
    for (; due >= 1; due -= 1) arrive();
    plan();
  }

  function plan(): void {
    if (isStopped) return;
    const untilNextMs = ((1 - due) / currentRate()) * 1_000;
    timer = rate === 0 ? undefined : setTimeout(tick, Math.min(untilNextMs, longestSleepMs));
  }

  if (rate > 0) timer = setTimeout(tick, 0);
  return {
    /** As configured or set. */
    ratePerSecond: () => rate,
    /** With all factors. */
    currentRate: () => (isStopped ? 0 : currentRate()),
    setRate(next: number) {
      clearTimeout(timer);
      rate = next;
      countedAt = now();
      due = 1;
      if (rate > 0 && !isStopped) timer = setTimeout(tick, 0);
    },
    stop() {
      clearTimeout(timer);
      isStopped = true;
    },
  };
}
