/** The moments of a drill, in milliseconds since 1970; what did not happen is absent. */
export interface Timestamps {
  readonly injected: number;
  /** The first sample at which the rule's expression held. */
  readonly firstBad?: number | undefined;
  readonly pending?: number | undefined;
  readonly firing?: number | undefined;
  readonly notified?: number | undefined;
  readonly diagnosed?: number | undefined;
  /** When healing began, by the page's Mitigation or by the drill. */
  readonly healed?: number | undefined;
  /** The page's Recovery holds. */
  readonly recovered?: number | undefined;
  readonly resolved?: number | undefined;
  /** The inbox has the all-clear. */
  readonly resolvedNotifiedAt?: number | undefined;
}

/** What a drill is measured by, in seconds. */
export interface Durations {
  /** From the fault to the alert that fires. */
  readonly detect: number | undefined;
  /** From the fault to the notification in the inbox. */
  readonly notify: number | undefined;
  /** From healing to the all-clear in the inbox. */
  readonly resolve: number | undefined;
}

const names: Readonly<Record<keyof Timestamps, string>> = {
  injected: 'fault injected',
  firstBad: 'first bad sample',
  pending: 'pending',
  firing: 'firing',
  notified: 'notification in the inbox',
  diagnosed: 'diagnosis done',
  healed: 'healing begins',
  recovered: 'Recovery holds',
  resolved: 'resolved',
  resolvedNotifiedAt: 'all-clear in the inbox',
};

/** The three durations of a drill. */
export function measureDurations(timestamps: Timestamps): Durations {
  const between = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : Math.max(0, (to - from) / 1_000);
  const { injected, firing, notified, healed, resolvedNotifiedAt } = timestamps;
  return {
    detect: between(injected, firing),
    notify: between(injected, notified),
    resolve: between(healed, resolvedNotifiedAt),
  };
}

/** What a time line is printed with. */
export interface Scale {
  readonly timeFactor: number;
  /** How far any of its times may be off. */
  readonly errorSeconds: number;
}

/** The time line as lines of text, from the fault on, in the order in which things happened. */
export function formatTimeline(
  timestamps: Timestamps,
  { timeFactor, errorSeconds }: Scale,
): string[] {
  const entries = (Object.keys(names) as (keyof Timestamps)[]).flatMap((key) => {
    const at = timestamps[key];
    return at === undefined ? [] : [{ at, name: names[key] }];
  });
  const lines = entries
    .toSorted((left, right) => left.at - right.at)
    .map(({ at, name }) => {
      const clock = new Date(at).toISOString().slice(11, 21);
      return `  ${clock}  ${`+${((at - timestamps.injected) / 1_000).toFixed(1)} s`.padStart(10)}  ${name}`;
    });
  const { detect, notify, resolve } = measureDurations(timestamps);
  const factor = timeFactor === 1 ? 'in real time' : `time compressed ${timeFactor} times`;
  return [
    ...lines,
    `  to detect ${formatSeconds(detect)}, to notify ${formatSeconds(notify)}, ` +
      `to resolve ${formatSeconds(resolve)}; ${factor}; ` +
      `each time is right to ${errorSeconds} s, one scrape interval`,
  ];
}

/** Seconds for people; a dash where there is no time. */
export function formatSeconds(seconds: number | undefined): string {
  return seconds === undefined ? '–' : `${seconds.toFixed(1)} s`;
}
