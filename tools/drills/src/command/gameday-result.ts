import type { TrackedAlert } from '../observation/alert-tracker.ts';
import { formatSeconds } from '../run/timeline.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';

export interface Guess {
  /** As typed; undefined where the time ran out. */
  readonly text: string | undefined;
  readonly endedMs: number;
}

interface GamedayResult {
  readonly page: Pick<DrillablePage, 'name' | 'component' | 'drill'>;
  readonly fault: string;
  readonly startedMs: number;
  readonly fired: TrackedAlert | undefined;
  readonly guess: Guess;
}

/** Compares the injected fault with the guess. */
export function formatGamedayResult(result: GamedayResult): string {
  const { page, fault, startedMs, fired } = result;
  const { text, endedMs } = result.guess;
  const after = (ms: number | undefined) =>
    formatSeconds(ms === undefined ? undefined : (ms - startedMs) / 1_000);
  return [
    '',
    `  your guess      ${text?.trim() || '(none)'}`,
    `  injected fault  ${fault}`,
    `  alert           ${page.name}, firing after ${after(fired?.firingAtMs)}`,
    `  your time       ${after(endedMs)}`,
    `  ${rateGuess(page, text)}`,
    `  Runbook: runbooks/${page.name}.md. The fault is undone.`,
  ].join('\n');
}

function rateGuess({ name, drill }: GamedayResult['page'], text = ''): string {
  const guess = text.toLowerCase();
  if (guess.includes(name.toLowerCase())) return 'You named the alert.';
  const components = [...(drill.faults ?? []).map(({ app }) => app), ...(drill.halt ?? [])];
  const named = components.find((component) => guess.includes(component));
  return named === undefined
    ? 'You named neither the alert nor the component; compare for yourself.'
    : `You named ${named}, the component with the fault.`;
}
