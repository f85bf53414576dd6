/** In ms since 1970; absent where it did not happen. In the order of the printed names. */
export interface Timestamps {
  readonly injected: number;
  /** The first sample at which the rule's expression held. */
  readonly firstBad?: number | undefined;
  readonly pending?: number | undefined;
  readonly firing?: number | undefined;
  readonly notified?: number | undefined;
  readonly diagnosed?: number | undefined;
  /** When undoing began, by the runbook's Mitigation or by the drill. */
  readonly undone?: number | undefined;
  readonly recovered?: number | undefined;
  readonly resolved?: number | undefined;
  readonly resolvedNotifiedAt?: number | undefined;
}

const names: Readonly<Record<keyof Timestamps, string>> = {
  injected: 'fault injected',
  firstBad: 'first bad sample',
  pending: 'pending',
  firing: 'firing',
  notified: 'firing notification',
  diagnosed: 'diagnosis done',
  undone: 'undoing starts',
  recovered: 'recovered',
  resolved: 'resolved',
  resolvedNotifiedAt: 'resolved notification',
};

/**
 * In seconds: from the fault to firing (`detect`) and to its notification in the inbox (`notify`),
 * from the undoing to the resolved notification (`resolve`).
 */
export function measureDurations(timestamps: Timestamps) {
  const between = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : Math.max(0, (to - from) / 1_000);
  const { injected, firing, notified, undone, resolvedNotifiedAt } = timestamps;
  return {
    detect: between(injected, firing),
    notify: between(injected, notified),
    resolve: between(undone, resolvedNotifiedAt),
  };
}

/** A line for each timestamp, in the order of time, and one for the durations. */
export function formatTimeline(
  timestamps: Timestamps,
  { timeFactor, errorSeconds }: { readonly timeFactor: number; readonly errorSeconds: number },
) {
  const entries = (Object.keys(names) as (keyof Timestamps)[]).flatMap((key) => {
    const at = timestamps[key];
    return at === undefined ? [] : [{ at, name: names[key] }];
  });
  const lines = entries
    .toSorted((left, right) => left.at - right.at)
    .map(({ at, name }) => {
      const clock = new Date(at).toISOString().slice(11, 21);
      const offset = `+${((at - timestamps.injected) / 1_000).toFixed(1)} s`;
      return `  ${clock}  ${offset.padStart(10)}  ${name}`;
    });
  const { detect, notify, resolve } = measureDurations(timestamps);
  const factor = timeFactor === 1 ? 'in real time' : `time compressed ${timeFactor} times`;
  return [
    ...lines,
    `  time to detect ${formatSeconds(detect)}, to notify ${formatSeconds(notify)}, ` +
      `to resolve ${formatSeconds(resolve)}; ${factor}; ` +
      `accurate to ${errorSeconds} s, one scrape interval`,
  ];
}

/** A dash where there is no time. */
export function formatSeconds(seconds: number | undefined): string {
  return seconds === undefined ? '–' : `${seconds.toFixed(1)} s`;
}
