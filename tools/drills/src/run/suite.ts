import { setTraffic } from '../actions/traffic.ts';
import { collectHealthFacts, findHealthProblems } from '../observation/health.ts';
import { createPrometheus } from '../observation/monitoring-clients.ts';
import { messageOf, waitUntil } from '../observation/wait-until.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import { createDrillRun, type DrillRun } from './drill-run.ts';
import { type BatchResult, runBatch } from './run-batch.ts';

/** Waves, one after the other. */
export interface SuiteOptions {
  readonly system: DrillSystem;
  readonly batches: readonly (readonly DrillablePage[])[];
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
}

/** What came of all waves. */
export interface SuiteResult {
  readonly runs: readonly DrillRun[];
  /** Pages that somebody got and no drill of that wave allows. */
  readonly unexpectedPages: readonly string[];
  /** Drills that could not begin. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly seconds: number;
}

// Everything but the memory of error budgets is quiet again within some minutes.
const quietMs = 180_000;

// What ran before has to leave the window of two minutes.
const idleMs = 60_000;

// Error budgets remember for hours, and a question of forty seconds that was asked before healing is
// answered after. The next wave does not wait for that, the suite's end does.
const outlasts = ({ component = '', alertname = '' }: Readonly<Record<string, string>>) =>
  component === 'slo' || alertname === 'AIAPISlow';

/** Runs every wave on a healthy system, and waits for what takes longer at the end. */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { system, batches, signal, log = () => {} } = options;
  const startedMs = performance.now();
  const runs: DrillRun[] = [];
  const unexpectedPages: string[] = [];
  const skipped: { name: string; reason: string }[] = [];
  const settled: Promise<void>[] = [];
  for (const batch of batches) {
    const restore = batch.some(needsIdleMachine) ? await reduceTraffic(system) : undefined;
    // The heartbeat fires always; its drill is that it stops.
    const relevant = batch.filter(({ drill }) => drill.outcome !== 'falls-silent');
    await waitForQuietAlerts(system, new Set(relevant.map(({ name }) => name)), options);
    const busy = await alreadyFiring(system, batch.filter(needsIdleMachine), signal);
    skipped.push(...busy);
    const names = new Set(busy.map(({ name }) => name));
    const pages = batch.filter(({ name }) => !names.has(name));
    if (pages.length === 0) {
      await restore?.();
      continue;
    }
    log(`drill: ${pages.map(({ name }) => name).join(', ')}`);
    const isLast = batch === batches.at(-1);
    const result = await runBatch({
      ...{ system, pages, log },
      ...(signal ? { signal } : {}),
      lingering: ['ErrorBudgetBurnFast'],
      isDeferred: ({ component, name: alertname }) => !isLast && outlasts({ component, alertname }),
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      return failedBatch(pages, error);
    });
    runs.push(...result.runs);
    unexpectedPages.push(...result.unexpectedPages);
    settled.push(result.settled);
    await restore?.();
  }
  await Promise.all(settled);
  return { runs, unexpectedPages, skipped, seconds: (performance.now() - startedMs) / 1_000 };
}

/** What could not be broken or healed spoils its own wave, not those after it. */
function failedBatch(pages: readonly DrillablePage[], error: unknown): BatchResult {
  const runs = pages.map((page) => createDrillRun(page, Date.now()));
  for (const { problems } of runs) problems.push(`the wave failed: ${messageOf(error)}`);
  return { runs, unexpectedPages: [], settled: Promise.resolve() };
}

/** A drill that keeps the machine busy has something to show only where it was idle before. */
function needsIdleMachine({ drill }: DrillablePage): boolean {
  return drill.processors !== undefined;
}

/** Has nearly nobody come; resolves with what brings them back. */
async function reduceTraffic(system: DrillSystem): Promise<(() => Promise<void>) | undefined> {
  // On a system that others use, traffic is theirs.
  if (system.timeFactor === 1) return undefined;
  return (await setTraffic(system, 1)).undo;
}

async function alreadyFiring(
  system: DrillSystem,
  pages: readonly DrillablePage[],
  signal: AbortSignal | undefined,
): Promise<{ name: string; reason: string }[]> {
  if (pages.length === 0) return [];
  let firing: string[] = [];
  const isIdle = async () => {
    const alerts = await createPrometheus(system.url('prometheus') ?? '').alerts();
    const relevant = alerts.filter(({ state }) => state !== 'inactive');
    firing = relevant.map(({ labels }) => labels.alertname ?? '');
    return !pages.some(({ name }) => firing.includes(name));
  };
  await waitUntil('an idle machine', isIdle, { timeoutMs: idleMs, signal }).catch(() => {});
  signal?.throwIfAborted();
  return pages
    .filter(({ name }) => firing.includes(name))
    .map(({ name }) => ({ name, reason: 'the machine is busy with something else already' }));
}

/** Between two waves; what stays loud is said, and the next wave shows what it costs. */
async function waitForQuietAlerts(
  system: DrillSystem,
  names: ReadonlySet<string>,
  { signal, log = () => {} }: SuiteOptions,
): Promise<void> {
  const startedMs = performance.now();
  let problems: string[] = [];
  let last: string[] = [];
  const isTolerated = (labels: Readonly<Record<string, string>>) =>
    outlasts(labels) || labels.component === 'host';
  const isQuiet = async () => {
    const facts = await collectHealthFacts(system);
    // Pending by chance when the fault begins, an alert would not be the fault's.
    const own = facts.alerts.flatMap(({ labels: { alertname = '', component = '' } }) =>
      names.has(alertname) && component !== 'host' ? `${alertname} is pending` : [],
    );
    problems = [...new Set([...findHealthProblems(facts, isTolerated), ...own])];
    if (problems.length > 0) last = problems;
    return problems.length === 0;
  };
  await waitUntil('quiet', isQuiet, { timeoutMs: quietMs, everyMs: 250, signal }).catch(() => {});
  signal?.throwIfAborted();
  for (const problem of problems) log(`still: ${problem}`);
  const seconds = (performance.now() - startedMs) / 1_000;
  if (problems.length === 0 && seconds > 10) {
    log(`quiet after ${seconds.toFixed(0)} s; last: ${last.join(' ')}`);
  }
}
