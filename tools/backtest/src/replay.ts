/** A stretch of time, in seconds since 1970; `to` is the evaluation that ended it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface Timing {
  readonly forSeconds: number;
  readonly keepFiringForSeconds: number;
  /** Seconds between two evaluations. */
  readonly interval: number;
}

// As `--rules.alert.for-outage-tolerance` of Prometheus: after a longer gap, waiting begins anew.
const outageToleranceSeconds = 3_600;

/**
 * When one series of an alert's expression would have made the alert fire, by the state machine of
 * Prometheus' rules/alerting.go: pending while the expression holds, firing after `for`, and firing
 * on for `keep_firing_for` after it held last.
 * @param times evaluations at which the expression had this series, ascending
 * @param covered when Prometheus ran, ascending: nothing is evaluated outside
 */
export function replaySeries(
  times: readonly number[],
  covered: readonly Stretch[],
  timing: Timing,
): Stretch[] {
  const firings: Stretch[] = [];
  let pendingSeconds: number | undefined;
  let lastTo = Number.NEGATIVE_INFINITY;
  let next = 0;
  for (const { from, to } of covered) {
    if (from - lastTo > outageToleranceSeconds) pendingSeconds = undefined;
    const machine = new SeriesState(timing, pendingSeconds, from);
    while (next < times.length && (times[next] ?? 0) < from) next += 1;
    for (; next < times.length && (times[next] ?? 0) <= to; next += 1) {
      firings.push(...machine.hold(times[next] ?? 0));
    }
    const end = machine.end(to);
    firings.push(...end.firings);
    pendingSeconds = end.pendingSeconds;
    lastTo = to;
  }
  return firings;
}

/** The state of one alert while Prometheus runs. */
class SeriesState {
  readonly #timing: Timing;
  #activeAt: number | undefined;
  #firedAt: number | undefined;
  #lastHeld: number;

  constructor(timing: Timing, pendingSeconds: number | undefined, startedAt: number) {
    this.#timing = timing;
    // Prometheus restores how long an alert has been pending.
    if (pendingSeconds !== undefined) this.#activeAt = startedAt - pendingSeconds;
    this.#lastHeld = startedAt - timing.interval;
  }

  /** An evaluation at which the expression held; the firing that has ended before, if any. */
  hold(time: number): Stretch[] {
    const ended = this.#advance(time - this.#timing.interval);
    this.#activeAt ??= time;
    this.#lastHeld = time;
    if (time - this.#activeAt >= this.#timing.forSeconds) this.#firedAt ??= time;
    return ended;
  }

  /** Ends with the last evaluation. */
  end(time: number): { firings: Stretch[]; pendingSeconds: number | undefined } {
    const firings = this.#advance(time);
    const isActive = this.#activeAt !== undefined;
    const pendingSeconds = isActive ? this.#lastHeld - (this.#activeAt ?? 0) : undefined;
    if (this.#firedAt !== undefined) firings.push({ from: this.#firedAt, to: time });
    return { firings, pendingSeconds };
  }

  /** The evaluations since it held last, up to that time, at none of which it did. */
  #advance(time: number): Stretch[] {
    const { interval, keepFiringForSeconds } = this.#timing;
    const firstWithout = this.#lastHeld + interval;
    // Times are sums of intervals, with the rounding of milliseconds.
    if (this.#activeAt === undefined || time < firstWithout - interval / 2) return [];
    if (this.#firedAt === undefined) {
      this.#activeAt = undefined;
      return [];
    }
    const kept = Math.ceil(keepFiringForSeconds / interval) * interval;
    const endsAt = firstWithout + kept;
    if (time < endsAt - interval / 2) return [];
    const firing = { from: this.#firedAt, to: endsAt };
    this.#activeAt = undefined;
    this.#firedAt = undefined;
    return [firing];
  }
}
