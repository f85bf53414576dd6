import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '@watchkeeper/stack';
import { startDeadMansSwitch } from '@watchkeeper/stack/dead-mans-switch/start';
import { injectFaults } from '../actions/inject.ts';
import { createAlertTracker } from '../observation/alert-tracker.ts';
import { collectHealthFacts, findHealthProblems } from '../observation/health.ts';
import { infeasibleReason } from '../run/batch-plan.ts';
import { createRollback, withInterruptSignal } from '../run/rollback.ts';
import { type DrillablePage, isDrillable, readAllDrillPages } from '../runbooks/drill-page.ts';
import { attachToSystem } from '../systems/attach.ts';
import type { DrillSystem } from '../systems/system.ts';
import { parseCommandLine, usageError } from './arguments.ts';
import { describeDrill } from './drill-list.ts';
import { formatGamedayResult, type Guess } from './gameday-result.ts';
import type { Terminal } from './terminal.ts';

const usage = `Usage: npm run gameday [-- --minutes <number>]

  Injects a random fault into the running system and does not say which. Find it with the inbox,
  the dashboards and the runbooks; press Enter when you know. The fault is undone at the end.
  --minutes  how long you have (30)`;

// A fault lasts an hour at most.
const maxMinutes = 55;
const options = {
  minutes: { type: 'string', default: '30' },
  help: { type: 'boolean' },
} as const;

/** @throws StackError with exit code 2 and the usage */
export function parseGamedayArguments(words: readonly string[]) {
  const { values, positionals } = parseCommandLine(words, options, usage);
  const { minutes: text, help } = values;
  if (positionals.length > 0) throw usageError(`Unexpected \`${positionals[0]}\`.`, usage);
  const minutes = Number(text);
  if (minutes > 0 && minutes <= maxMinutes) return { minutes, isHelp: help === true };
  throw usageError(`Expected minutes from 1 to ${maxMinutes}, got \`${text}\`.`, usage);
}

/** The drills that somebody can find on that system. */
function drillsForGameday(system: DrillSystem, pages: readonly DrillablePage[]): DrillablePage[] {
  // Without notifications there is no game; an error budget's alert fires after hours.
  return pages.filter(
    (page) =>
      page.drill.outcome === 'fires' &&
      page.component !== 'slo' &&
      infeasibleReason(system, page) === undefined,
  );
}

/** Resolves with the exit code. */
export async function gameday(
  root: string,
  { minutes, isHelp }: ReturnType<typeof parseGamedayArguments>,
  terminal: Terminal,
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
  const pages = drillsForGameday(system, readAllDrillPages(root).filter(isDrillable));
  const page = pages[randomInt(pages.length || 1)];
  if (page === undefined) throw new StackError('No drill is possible on this system.');
  return withInterruptSignal((signal) => play(system, page, minutes, terminal, signal));
}

async function play(
  system: DrillSystem,
  page: DrillablePage,
  minutes: number,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const deadMansSwitch = startDeadMansSwitch();
  const rollback = createRollback(deadMansSwitch);
  const tracker = createAlertTracker(system, 1_000);
  const startedMs = Date.now();
  let guess: Guess;
  try {
    const lastsSeconds = minutes * 60 + 120;
    await injectFaults(system, page.drill, lastsSeconds, rollback.add);
    terminal.print(
      `${new Date(startedMs).toISOString().slice(11, 19)}  A fault is injected. You have ${minutes} minutes. ` +
        `The inbox: ${system.url('oncall')}`,
    );
    const isKnown = await waitForEnter(terminal, minutes * 60_000, signal);
    const text = isKnown
      ? await terminal.ask('What is broken, and which alert fires? ')
      : undefined;
    guess = { text, endedMs: Date.now() };
  } finally {
    for (const failure of await rollback.undo()) terminal.print(`NOT UNDONE: ${failure}`);
    deadMansSwitch.dismiss();
    await tracker.stop();
  }
  const fired = tracker.alertsSince(page.name, startedMs).find(({ firingAtMs }) => firingAtMs);
  const fault = describeDrill(page.drill);
  terminal.print(formatGamedayResult({ page, fault, startedMs, fired, guess }));
  return 0;
}

/** Whether Enter was pressed in time. */
async function waitForEnter(
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
  if (!isKnown) terminal.print('\nTime is up.');
  return isKnown;
}
