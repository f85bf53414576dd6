import type { TrackedAlert } from '../observation/alert-tracker.ts';
import { formatSeconds } from '../run/timeline.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';

/** How a game day ended. */
export interface Ending {
  /** In the person's words; undefined where the time was over. */
  readonly conclusion: string | undefined;
  readonly endedMs: number;
}

/** All that is known at the end of a game day. */
export interface Verdict {
  readonly page: Pick<DrillablePage, 'name' | 'component' | 'drill'>;
  /** What was broken, in words. */
  readonly what: string;
  readonly startedMs: number;
  readonly fired: TrackedAlert | undefined;
  readonly ending: Ending;
}

/** What happened against what the person concluded. */
export function formatGamedayResult({ page, what, startedMs, fired, ending }: Verdict): string {
  const { conclusion, endedMs } = ending;
  const at = (ms: number | undefined) =>
    formatSeconds(ms === undefined ? undefined : (ms - startedMs) / 1_000);
  return [
    '',
    `  what you concluded  ${conclusion?.trim() || '(nothing)'}`,
    `  what was broken     ${what}`,
    `  its alert           ${page.name}, fired after ${at(fired?.firingAtMs)}`,
    `  your time           ${at(endedMs)}`,
    `  ${judge(page, conclusion)}`,
    `  Its page: runbooks/${page.name}.md. All is healed.`,
  ].join('\n');
}

function judge({ name, drill }: Verdict['page'], conclusion = ''): string {
  const said = conclusion.toLowerCase();
  if (said.includes(name.toLowerCase())) return 'You named the alert.';
  const modes = [...(drill.faults ?? []).map(({ app }) => app), ...(drill.halt ?? [])];
  const mode = modes.find((each) => said.includes(each));
  return mode === undefined
    ? 'You did not name the alert or the component; compare for yourself.'
    : `You named ${mode}, where it was.`;
}
