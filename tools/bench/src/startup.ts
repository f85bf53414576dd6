// How long a start takes, from `npm start` to the first request seen in Prometheus, and what the
// system costs at rest. With --fresh: in a new clone, with empty caches.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { StackState } from '@watchkeeper/stack';
import { repositoryRoot } from '@watchkeeper/stack';
import { watchUsage } from './machine/usage.ts';

const root = repositoryRoot;
const firstRequestTimeoutMs = 120_000;
const restMs = 15_000;

interface Place {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** `npm run bench -- startup [--fresh]` */
export async function run(parameters: string[]): Promise<void> {
  const { values } = parseArgs({ args: parameters, options: { fresh: { type: 'boolean' } } });
  const scratch = mkdtempSync(join(tmpdir(), 'watchkeeper-bench-'));
  const place = values.fresh ? freshPlace(scratch) : warmPlace(scratch);
  try {
    await measure(place);
  } finally {
    npm(place, ['stop']);
    rmSync(scratch, { recursive: true, force: true });
  }
}

function warmPlace(scratch: string): Place {
  const environment = { ...process.env, WATCHKEEPER_HOME: join(scratch, 'state') };
  return { folder: root, environment };
}

function freshPlace(scratch: string): Place {
  const folder = join(scratch, 'clone');
  execFileSync('git', ['clone', '--quiet', root, folder]);
  const caches = {
    WATCHKEEPER_CACHE: join(scratch, 'tools'),
    npm_config_cache: join(scratch, 'npm'),
    XDG_DATA_HOME: join(scratch, 'data'),
    XDG_CACHE_HOME: join(scratch, 'cache'),
  };
  return { folder, environment: { ...process.env, ...caches } };
}

function npm({ folder, environment }: Place, parameters: string[]): string {
  const command = ['--silent', 'run', ...parameters];
  const result = spawnSync('npm', command, { cwd: folder, env: environment, encoding: 'utf8' });
  if (result.status !== 0)
    throw new Error(`npm run ${parameters[0]}:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

async function measure(place: Place): Promise<void> {
  const startedAtMs = Date.now();
  npm(place, ['start', '--', '--native']);
  const upAtMs = Date.now();
  const state = JSON.parse(npm(place, ['status', '--', '--json'])) as StackState;
  await firstRequestSeen(state.components.prometheus?.address ?? '');
  const seenAtMs = Date.now();

  const { timeline } = state;
  const rows: [string, number][] = [
    ['npm, bootstrap and supervisor', timeline.startedAtMs - startedAtMs],
    ['tools found or fetched', (timeline.toolsFoundAtMs ?? 0) - timeline.startedAtMs],
    ['ports, configuration', (timeline.configuredAtMs ?? 0) - (timeline.toolsFoundAtMs ?? 0)],
    ['processes ready', (timeline.readyAtMs ?? 0) - (timeline.configuredAtMs ?? 0)],
    ['npm start returned', upAtMs - startedAtMs],
    ['first request in a Prometheus query', seenAtMs - startedAtMs],
  ];
  console.log('| from `npm start` | s |\n|---|---|');
  for (const [what, ms] of rows) console.log(`| ${what} | ${(ms / 1_000).toFixed(1)} |`);
  printReadiness(state);
  await printCosts(state);
}

async function firstRequestSeen(prometheus: string): Promise<void> {
  const query = 'sum(http_requests_total{job="api",route!="unmatched"}) > 0';
  const deadline = Date.now() + firstRequestTimeoutMs;
  while (Date.now() < deadline) {
    const response = await fetch(`${prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await response.json()) as { data: { result: unknown[] } };
    if (data.result.length > 0) return;
    await sleep(50);
  }
  throw new Error(`Expected a request in Prometheus within ${firstRequestTimeoutMs} ms.`);
}

/** How long each process took by itself: what is not ours to make faster. */
function printReadiness({ components }: StackState): void {
  console.log('\n| process | from spawned to ready, s |\n|---|---|');
  for (const [name, { spawnedAtMs = 0, readyAtMs = 0 }] of Object.entries(components)) {
    console.log(`| ${name} | ${((readyAtMs - spawnedAtMs) / 1_000).toFixed(1)} |`);
  }
}

/** Resident memory and processor time of each process group under the default traffic. */
async function printCosts({ components }: StackState): Promise<void> {
  const usage = watchUsage(components);
  await sleep(restMs);
  const { components: rows, ownCores } = usage();
  console.log(`\n| process | resident MiB | cores, over ${restMs / 1_000} s |\n|---|---|---|`);
  for (const { name, residentMebibytes, cores } of rows) {
    console.log(`| ${name} | ${residentMebibytes.toFixed(0)} | ${cores.toFixed(3)} |`);
  }
  const resident = rows.reduce((sum, { residentMebibytes }) => sum + residentMebibytes, 0);
  console.log(`| all | ${resident.toFixed(0)} | ${ownCores.toFixed(3)} |`);
}
