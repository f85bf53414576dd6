/** Begins visits at a rate, whatever became of the earlier ones. */
export interface Schedule {
  /** As it was set. */
  ratePerSecond(): number;
  /** What it comes to now, with all that multiplies it. */
  currentRate(): number;
  setRate(ratePerSecond: number): void;
  stop(): void;
}

/** What the schedule needs. */
export interface ScheduleOptions {
  readonly ratePerSecond: number;
  /** What multiplies the rate now, such as the hour of the day. */
  readonly factor?: () => number;
  /** Begins one visit; must not wait for it and must not throw. */
  readonly arrive: () => void;
  /** Told how many visits were due but are left out, because the process was asleep. */
  readonly skip: (count: number) => void;
  /** Milliseconds on a steady clock. */
  readonly now: () => number;
}

// A machine that wakes up must not send an hour's customers at once.
const maxLateMs = 1_000;
// A slow rate must not keep the schedule from noticing that the day goes on.
const longestSleepMs = 1_000;

/**
 * Starts a schedule of evenly spaced arrivals. It is an open loop: a slow api does not slow the
 * customers, so that its latency is measured as they would feel it.
 */
export function startSchedule(options: ScheduleOptions): Schedule {
  const { factor = () => 1, arrive, skip, now } = options;
  let rate = options.ratePerSecond;
  let countedAt = now();
  // A whole one is a visit; the first comes at once.
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
    ratePerSecond: () => rate,
    currentRate: () => (isStopped ? 0 : currentRate()),
    setRate(next) {
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
