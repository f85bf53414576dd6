import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '@watchkeeper/stack';
import { startDeadMansSwitch } from '@watchkeeper/stack/dead-mans-switch/start';
import { inject } from '../actions/inject.ts';
import { createAlertTracker } from '../observation/alert-tracker.ts';
import { collectHealthFacts, findHealthProblems } from '../observation/health.ts';
import { infeasibleReason } from '../run/batch-plan.ts';
import { createRollback, withInterruptSignal } from '../run/rollback.ts';
import { type DrillablePage, isDrillable, readAllDrillPages } from '../runbooks/drill-page.ts';
import { attachToSystem } from '../systems/attach.ts';
import type { DrillSystem } from '../systems/system.ts';
import { describeDrill } from './drill.ts';
import { type Ending, formatGamedayResult } from './gameday-result.ts';
import { suggestNames } from './suggestions.ts';
import type { Terminal } from './walk-runbook.ts';

/** What `npm run gameday` was asked for. */
export interface GamedayRequest {
  readonly minutes: number;
  readonly isHelp: boolean;
}

const usage = `Usage: npm run gameday [-- --minutes <number>]

  Breaks something at random in the running system and tells nothing. Find out what it is, with
  the inbox, the dashboards and the runbooks; press Enter when you know. All is healed at the end.
  --minutes  how long you have (30)`;

const defaultMinutes = 30;
// A fault lasts an hour at most.
const maxMinutes = 55;

/**
 * Reads the words after `npm run gameday --`.
 * @throws StackError with exit code 2 and the usage
 */
export function parseGamedayArguments(words: readonly string[]): GamedayRequest {
  if (words.includes('--help')) return { minutes: defaultMinutes, isHelp: true };
  if (words.length === 0) return { minutes: defaultMinutes, isHelp: false };
  const [flag = '', word = ''] = words;
  const refuse = (message: string) => new StackError(`${message}\n${usage}`, { exitCode: 2 });
  if (flag !== '--minutes' || words.length > 2) {
    const similar = suggestNames(flag, ['--minutes', '--help'])[0];
    throw refuse(
      `Expected \`--minutes\` or nothing, got \`${words.join(' ')}\`.${similar && similar !== flag ? ` Did you mean \`${similar}\`?` : ''}`,
    );
  }
  const minutes = Number(word);
  if (!(minutes > 0 && minutes <= maxMinutes)) {
    throw refuse(`Expected minutes from 1 to ${maxMinutes}, got \`${word}\`.`);
  }
  return { minutes, isHelp: false };
}

/** The drills that leave a person something to find, on that system. */
export function gamedayDrills(
  system: DrillSystem,
  pages: readonly DrillablePage[],
): DrillablePage[] {
  // Without notifications there is no game; a budget's alert comes after hours.
  return pages.filter(
    (page) =>
      page.drill.outcome === 'fires' &&
      page.component !== 'slo' &&
      infeasibleReason(system, page) === undefined,
  );
}

/** Breaks, waits for the person, asks, heals, and shows what it was; resolves with the exit code. */
export async function gameday(
  root: string,
  { minutes, isHelp }: GamedayRequest,
  terminal: Terminal,
  choose: (count: number) => number = randomInt,
): Promise<number> {
  if (isHelp) {
    terminal.print(usage);
    return 0;
  }
  const system = await attachToSystem();
  const problems = findHealthProblems(await collectHealthFacts(system));
  if (problems.length > 0) {
    const lines = problems.map((problem) => `  ${problem}`).join('\n');
    throw new StackError(`The system is not healthy; the game would be unfair:\n${lines}`);
  }
  const pages = gamedayDrills(system, readAllDrillPages(root).filter(isDrillable));
  const page = pages[choose(pages.length)];
  if (page === undefined) throw new StackError('Nothing can be broken here.');
  return withInterruptSignal((signal) => play({ system, page, minutes, terminal, signal }));
}

interface Game {
  readonly system: DrillSystem;
  readonly page: DrillablePage;
  readonly minutes: number;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function play({ system, page, minutes, terminal, signal }: Game): Promise<number> {
  const deadMansSwitch = startDeadMansSwitch();
  const rollback = createRollback(deadMansSwitch);
  const tracker = createAlertTracker(system, 1_000);
  const startedMs = Date.now();
  let ending: Ending;
  try {
    const lastsSeconds = minutes * 60 + 120;
    await inject({ system, drill: page.drill, lastsSeconds, onInjected: rollback.add });
    terminal.print(
      `${new Date(startedMs).toISOString().slice(11, 19)}  Something is broken. You have ${minutes} minutes. ` +
        `The inbox: ${system.url('oncall')}`,
    );
    const isKnown = await waitForPerson(terminal, minutes * 60_000, signal);
    const conclusion = isKnown
      ? await terminal.ask('What is broken, and which alert says so? ')
      : undefined;
    ending = { conclusion, endedMs: Date.now() };
  } finally {
    const failures = await rollback.undo();
    for (const failure of failures) terminal.print(`NOT HEALED: ${failure}`);
    deadMansSwitch.dismiss();
    await tracker.stop();
  }
  const fired = tracker.alertsSince(page.name, startedMs).find(({ firingAtMs }) => firingAtMs);
  const what = describeDrill(page.drill);
  terminal.print(formatGamedayResult({ page, what, startedMs, fired, ending }));
  return 0;
}

/** Whether the person pressed Enter before the time was over. */
async function waitForPerson(
  terminal: Terminal,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const timeout = new AbortController();
  const stop = AbortSignal.any([signal, timeout.signal]);
  const enter = terminal.ask('Press Enter when you know. ').then(() => true);
  const over = sleep(timeoutMs, false, { signal: stop });
  const isKnown = await Promise.race([enter, over]).finally(() => {
    timeout.abort();
    over.catch(() => {});
  });
  signal.throwIfAborted();
  if (!isKnown) terminal.print('\nThe time is over.');
  return isKnown;
}
