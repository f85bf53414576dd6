/** Begins visits at a rate, whatever became of the earlier ones. */
export interface Schedule {
  ratePerSecond(): number;
  setRate(ratePerSecond: number): void;
  stop(): void;
}

/** What the schedule needs. */
export interface ScheduleOptions {
  readonly ratePerSecond: number;
  /** Begins one visit; must not wait for it and must not throw. */
  readonly arrive: () => void;
  /** Told how many visits were due but are left out, because the process was asleep. */
  readonly skip: (count: number) => void;
  /** Milliseconds on a steady clock. */
  readonly now: () => number;
}

// A machine that wakes up must not send an hour's customers at once.
const maxLateMs = 1_000;

/**
 * Starts a schedule of evenly spaced arrivals. It is an open loop: a slow api does not slow the
 * customers, so that its latency is measured as they would feel it.
 */
export function startSchedule({ ratePerSecond, arrive, skip, now }: ScheduleOptions): Schedule {
  let rate = ratePerSecond;
  let nextAt = now();
  let timer: NodeJS.Timeout | undefined;

  function tick(): void {
    const gapMs = 1_000 / rate;
    const missed = Math.floor((now() - maxLateMs - nextAt) / gapMs);
    if (missed > 0) {
      nextAt += missed * gapMs;
      skip(missed);
    }
    for (const until = now(); nextAt <= until; nextAt += gapMs) arrive();
    plan();
  }

  function plan(): void {
    timer = rate === 0 ? undefined : setTimeout(tick, Math.max(0, nextAt - now()));
  }

  plan();
  return {
    ratePerSecond: () => rate,
    setRate(next) {
      clearTimeout(timer);
      rate = next;
      nextAt = now();
      plan();
    },
    stop: () => {
      clearTimeout(timer);
      rate = 0;
    },
  };
}
