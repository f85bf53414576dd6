import type { MeasuredDrill, Measurements } from '../run/measurements.ts';

/** `docs/drills.md`: the measured times as a table, with where they come from. */
export function formatMeasurements(measured: Measurements): string {
  const { measuredAt, revision, machine, mode, timeFactor, errorSeconds, drills } = measured;
  const passed = drills.filter((drill) => drill.hasPassed).length;
  const minutes = Math.floor(measured.suiteSeconds / 60);
  const seconds = String(measured.suiteSeconds % 60).padStart(2, '0');
  const skipped = measured.skipped.map(({ name, reason }) => `- ${name}: ${reason}.`);
  return `${[
    '# Drills, measured',
    '',
    '<!-- Made by `npm run drill -- --table <file>` of a run with `--json <file>`; do not edit. -->',
    '',
    'Each alert is fired on purpose and followed to the inbox, while every block of its',
    '[runbook](../runbooks/README.md) is run. *Detect* is from the fault to the alert that fires, *notify* from the',
    'fault to the notification in the inbox, *resolve* from healing to the all-clear in the inbox.',
    '',
    `Measured ${measuredAt.slice(0, 10)} at revision ${revision}, ${mode}, on ${machine}; time compressed`,
    `${timeFactor} times. Each time is right to ${errorSeconds} s, one scrape interval. In real time what rules and`,
    `routes wait takes ${timeFactor} times as long; starts and slow requests do not. ${passed} of ${drills.length} passed;`,
    `all together took ${minutes}:${seconds} minutes.`,
    '',
    '```bash',
    `npm run drill -- --all --compressed ${timeFactor} --json drills.json`,
    'npm run drill -- --table drills.json',
    '```',
    '',
    '| alert | severity | detect | notify | resolve | blocks of its page | |',
    '|---|---|---|---|---|---|---|',
    ...drills.toSorted((left, right) => left.name.localeCompare(right.name)).map(formatRow),
    ...(skipped.length > 0 ? ['', 'Not drilled in this run:', '', ...skipped] : []),
  ].join('\n')}\n`;
}

function formatRow(drill: MeasuredDrill): string {
  const { name, severity, detect, notify, resolve, blocksMet, blocksRun, hasPassed } = drill;
  const times = [detect, notify, resolve].map((time) =>
    time === null ? '–' : `${time.toFixed(1)} s`,
  );
  const cells = [
    `[${name}](../runbooks/${name}.md)`,
    severity,
    ...times,
    `${blocksMet} of ${blocksRun}`,
    hasPassed ? 'passed' : '**failed**',
  ];
  return `| ${cells.join(' | ')} |`;
}
