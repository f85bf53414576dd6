import { setTraffic } from '../actions/traffic.ts';
import { collectHealthFacts, findHealthProblems, isHostAlert } from '../observation/health.ts';
import { createPrometheus } from '../observation/monitoring-clients.ts';
import { messageOf, waitUntil } from '../observation/wait-until.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import { needsIdleMachine } from './batch-plan.ts';
import { createDrillRun, type DrillRun, hasPassed } from './drill-run.ts';
import { type BatchResult, runBatch } from './run-batch.ts';

interface SuiteOptions {
  readonly system: DrillSystem;
  /** Run one after the other. */
  readonly batches: readonly (readonly DrillablePage[])[];
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  /** After each batch: all results so far. */
  readonly onBatch?: (result: SuiteResult) => void;
}

export interface SuiteResult {
  readonly runs: readonly DrillRun[];
  readonly unexpectedPages: readonly string[];
  readonly failed: readonly BatchResult[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly seconds: number;
}

// All alerts but those of error budgets are resolved within some minutes.
const quietMs = 180_000;

// The earlier load has to leave the rule's window of two minutes.
const idleMs = 60_000;

// Error budgets remember for hours, a request of forty seconds from before the undoing ends after it,
// and a target that a drill added is missed for an hour. The next batch does not wait for these, the
// suite's end does where they are drilled.
const outlastsBatch = ({
  component = '',
  alertname = '',
  job = '',
}: Readonly<Record<string, string>>) =>
  component === 'slo' ||
  alertname === 'AIAPISlow' ||
  (alertname === 'TargetVanished' && job.startsWith('drill'));

/** Runs every batch on a healthy system, and waits for alerts that take longer at the end. */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { system, batches, signal, log = () => {}, onBatch } = options;
  const startedMs = performance.now();
  const results: BatchResult[] = [];
  const skipped: { name: string; reason: string }[] = [];
  const soFar = () => ({
    runs: results.flatMap(({ runs }) => runs),
    // Those that no drill of their batch allows.
    unexpectedPages: results.flatMap(({ unexpectedPages }) => unexpectedPages),
    failed: results.filter(hasFailed),
    skipped,
    seconds: (performance.now() - startedMs) / 1_000,
  });
  for (const batch of batches) {
    const restore = batch.some(needsIdleMachine) ? await reduceTraffic(system) : undefined;
    await waitForQuietAlerts(batch, options);
    const busy = await findAlreadyFiring(system, batch.filter(needsIdleMachine), signal);
    skipped.push(...busy);
    const pages = batch.filter((page) => !busy.some(({ name }) => name === page.name));
    if (pages.length > 0) {
      log(`drill: ${pages.map(({ name }) => name).join(', ')}`);
      const result = await runBatch({
        ...{ system, pages, log },
        ...(signal ? { signal } : {}),
        lingering: ['ErrorBudgetBurnFast'],
        isDeferred: ({ component, name }) => outlastsBatch({ component, alertname: name }),
      }).catch((error: unknown) => {
        signal?.throwIfAborted();
        return failedBatch(pages, error);
      });
      results.push(result);
    }
    await restore?.();
    onBatch?.(soFar());
  }
  await Promise.all(results.map(({ settled }) => settled));
  return soFar();
}

function hasFailed({ runs, unexpectedPages }: BatchResult): boolean {
  return unexpectedPages.length > 0 || !runs.every(hasPassed);
}

/** The results of suites that ran in `seconds`, some of them at the same time. */
export function joinResults(results: readonly SuiteResult[], seconds: number): SuiteResult {
  return {
    runs: results.flatMap(({ runs }) => runs),
    unexpectedPages: results.flatMap(({ unexpectedPages }) => unexpectedPages),
    failed: results.flatMap(({ failed }) => failed),
    skipped: results.flatMap(({ skipped }) => skipped),
    seconds,
  };
}

/** The first result, with that of its failed batches replaced by that of their repetition. */
export function replaceFailed(first: SuiteResult, repeated: SuiteResult): SuiteResult {
  const isRepeated = (name: string) => repeated.runs.some(({ page }) => page.name === name);
  const dropped = new Set(first.failed.flatMap(({ unexpectedPages }) => unexpectedPages));
  const rest = {
    runs: first.runs.filter(({ page }) => !isRepeated(page.name)),
    unexpectedPages: first.unexpectedPages.filter((page) => !dropped.has(page)),
    ...{ failed: [], skipped: first.skipped, seconds: 0 },
  };
  return joinResults([rest, repeated], first.seconds + repeated.seconds);
}

/** A fault that can't be injected or undone fails its own batch, not those after it. */
function failedBatch(pages: readonly DrillablePage[], error: unknown): BatchResult {
  const problems = [`the batch failed: ${messageOf(error)}`];
  const runs = pages.map((page) => ({ ...createDrillRun(page, Date.now()), problems }));
  return { runs, unexpectedPages: [], settled: Promise.resolve() };
}

/** Reduces synthetic traffic to a minimum; resolves to the function that undoes it. */
async function reduceTraffic(system: DrillSystem): Promise<(() => Promise<void>) | undefined> {
  // On a system that others use, traffic is theirs.
  return system.timeFactor === 1 ? undefined : (await setTraffic(system, 1)).undo;
}

async function findAlreadyFiring(
  system: DrillSystem,
  pages: readonly DrillablePage[],
  signal: AbortSignal | undefined,
): Promise<{ name: string; reason: string }[]> {
  if (pages.length === 0) return [];
  let firing: DrillablePage[] = [];
  const isIdle = async () => {
    const alerts = await createPrometheus(system.url('prometheus') ?? '').alerts();
    const active = alerts.filter(({ state }) => state !== 'inactive');
    firing = pages.filter(({ name }) => active.some(({ labels }) => labels.alertname === name));
    return firing.length === 0;
  };
  await waitUntil('an idle machine', isIdle, { timeoutMs: idleMs, signal }).catch(() => {});
  signal?.throwIfAborted();
  return firing.map(({ name }) => ({ name, reason: 'the machine is busy already' }));
}

/** Between two batches; logs what still fires, and lets the next batch show what that costs. */
async function waitForQuietAlerts(
  batch: readonly DrillablePage[],
  { system, signal, log = () => {} }: SuiteOptions,
): Promise<void> {
  const startedMs = performance.now();
  // The heartbeat always fires; its drill is that it stops.
  const drilled = batch.filter(({ drill }) => drill.outcome !== 'falls-silent');
  let problems: string[] = [];
  let last: string[] = [];
  const isTolerated = (labels: Readonly<Record<string, string>>) =>
    outlastsBatch(labels) || isHostAlert(labels);
  const isQuiet = async () => {
    const facts = await collectHealthFacts(system);
    // An alert that happens to be pending when the fault is injected would not be the fault's.
    const pending = facts.alerts.flatMap(({ labels: { alertname = '', component = '' } }) =>
      drilled.some(({ name }) => name === alertname) && component !== 'host'
        ? `${alertname} is pending`
        : [],
    );
    problems = [...new Set([...findHealthProblems(facts, isTolerated), ...pending])];
    if (problems.length > 0) last = problems;
    return problems.length === 0;
  };
  const options = { timeoutMs: quietMs, everyMs: 250, signal };
  await waitUntil('quiet alerts', isQuiet, options).catch(() => {});
  signal?.throwIfAborted();
  for (const problem of problems) log(`still: ${problem}`);
  const seconds = (performance.now() - startedMs) / 1_000;
  if (problems.length === 0 && seconds > 10) {
    log(`quiet after ${seconds.toFixed(0)} s; last: ${last.join(' ')}`);
  }
}
