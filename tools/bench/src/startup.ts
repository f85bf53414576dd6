// The time from `npm start` to the first request in Prometheus, and the cost of the idle system. With
// --fresh: in a new clone, with empty caches.

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCommandLine } from '@watchkeeper/drills/command/arguments';
import { waitUntil } from '@watchkeeper/drills/observation/wait-until';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { repositoryRoot as root, type StackState } from '@watchkeeper/stack';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import { watchUsage } from './machine/usage.ts';
import { createReport, describeMachine, type Report } from './report/report.ts';

const usage = 'Usage: npm run bench -- startup [--fresh]';
const firstRequestTimeoutMs = 120_000;
const restMs = 15_000;

interface Checkout {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

export async function run(parameters: string[]): Promise<void> {
  const options = { fresh: { type: 'boolean' } } as const;
  const { values } = parseCommandLine(parameters, options, usage);
  const report = createReport();
  report.paragraph(describeMachine('startup', values.fresh ? 'empty caches' : 'warm caches'));
  return withTemporaryFolder(async (folder) => {
    const checkout = values.fresh ? cloneFresh(folder) : useThis(folder);
    try {
      await measure(checkout, report);
    } finally {
      npm(checkout, ['stop']);
    }
  });
}

function useThis(folder: string): Checkout {
  const environment = { ...process.env, WATCHKEEPER_HOME: join(folder, 'state') };
  return { folder: root, environment };
}

function cloneFresh(folder: string): Checkout {
  const clone = join(folder, 'clone');
  execFileSync('git', ['clone', '--quiet', root, clone]);
  const caches = {
    WATCHKEEPER_CACHE: join(folder, 'tools'),
    npm_config_cache: join(folder, 'npm'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CACHE_HOME: join(folder, 'cache'),
  };
  return { folder: clone, environment: { ...process.env, ...caches } };
}

function npm({ folder, environment }: Checkout, parameters: string[]): string {
  const command = ['--silent', 'run', ...parameters];
  const result = spawnSync('npm', command, { cwd: folder, env: environment, encoding: 'utf8' });
  if (result.status === 0) return result.stdout;
  throw new Error(`npm run ${parameters[0]}:\n${result.stdout}${result.stderr}`);
}

async function measure(checkout: Checkout, report: Report): Promise<void> {
  const startedAtMs = Date.now();
  npm(checkout, ['start', '--', '--native']);
  const upAtMs = Date.now();
  const state = JSON.parse(npm(checkout, ['status', '--', '--json'])) as StackState;
  await waitForFirstRequest(state.components.prometheus?.address ?? '');
  const seenAtMs = Date.now();

  const { timeline } = state;
  const durations: [string, number][] = [
    ['npm, bootstrap and supervisor', timeline.startedAtMs - startedAtMs],
    ['tools found or fetched', (timeline.toolsFoundAtMs ?? 0) - timeline.startedAtMs],
    ['ports, configuration', (timeline.configuredAtMs ?? 0) - (timeline.toolsFoundAtMs ?? 0)],
    ['processes ready', (timeline.readyAtMs ?? 0) - (timeline.configuredAtMs ?? 0)],
    ['npm start returned', upAtMs - startedAtMs],
    ['first request in a Prometheus query', seenAtMs - startedAtMs],
  ];
  report.table(['from `npm start`', 's'], durations.map(formatSeconds));
  const starts = Object.entries(state.components).map(
    ([name, { spawnedAtMs = 0, readyAtMs = 0 }]) => formatSeconds([name, readyAtMs - spawnedAtMs]),
  );
  report.table(['process', 'from spawned to ready, s'], starts);
  await reportCosts(state, report);
}

const formatSeconds = ([name, ms]: [string, number]) => [name, (ms / 1_000).toFixed(1)];

async function waitForFirstRequest(address: string): Promise<void> {
  const prometheus = createPrometheusClient(address);
  const query = 'sum(http_requests_total{job="api",route!="unmatched"}) > 0';
  const isSeen = async () => (await prometheus.query(query)).length > 0;
  const options = { timeoutMs: firstRequestTimeoutMs, everyMs: 50 };
  await waitUntil('a request in Prometheus', isSeen, options);
}

/** Resident memory and cores of each process group under the default traffic. */
async function reportCosts({ components }: StackState, report: Report): Promise<void> {
  const endUsage = watchUsage(components);
  await sleep(restMs);
  const { components: rows, ownCores } = endUsage();
  const resident = rows.reduce((sum, { residentMebibytes }) => sum + residentMebibytes, 0);
  const all = { name: 'all', residentMebibytes: resident, cores: ownCores };
  report.table(
    ['process', 'resident MiB', `cores, over ${restMs / 1_000} s`],
    [...rows, all].map(({ name, residentMebibytes, cores }) => [
      ...[name, residentMebibytes.toFixed(0), cores.toFixed(3)],
    ]),
  );
}
