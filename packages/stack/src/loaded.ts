import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { StackError } from './stack-error.ts';

/** How much of its configuration Prometheus has loaded. */
export interface Loaded {
  rules: number;
  targets: number;
}

interface Targets {
  targets?: string[];
}

interface Configuration {
  rule_files?: string[];
  scrape_configs?: { static_configs?: Targets[]; file_sd_configs?: { files?: string[] }[] }[];
}

const pollMs = 100;

/** One sentence for the terminal. */
export function describeLoaded({ rules, targets }: Loaded): string {
  return `Prometheus has loaded ${rules} rules and ${targets} targets.`;
}

const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
const countTargets = (groups: Targets[] | null) =>
  sum((groups ?? []).map(({ targets = [] }) => targets.length));

/** What the configuration in the folder of Prometheus names, read independently of Prometheus. */
export function countShipped(folder: string): Loaded {
  const read = <T>(file: string) => parse(readFileSync(join(folder, file), 'utf8')) as T | null;
  const matching = (patterns: string[] = []) => globSync(patterns, { cwd: folder });
  const { rule_files, scrape_configs = [] } = read<Configuration>('prometheus.yml') ?? {};
  const rules = matching(rule_files).map((file) => {
    const { groups = [] } = read<{ groups?: { rules?: unknown[] }[] }>(file) ?? {};
    return sum(groups.map(({ rules: rulesOfGroup = [] }) => rulesOfGroup.length));
  });
  const targets = scrape_configs.map(({ static_configs = [], file_sd_configs = [] }) => {
    const files = matching(file_sd_configs.flatMap((source) => source.files ?? []));
    return countTargets(static_configs) + sum(files.map((file) => countTargets(read(file))));
  });
  return { rules: sum(rules), targets: sum(targets) };
}

async function askLoaded(url: string): Promise<Loaded> {
  const get = async (path: string) => {
    const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(5_000) });
    return ((await response.json()) as { data: Record<string, unknown[]> }).data;
  };
  const { groups = [] } = await get('rules');
  const { activeTargets = [], droppedTargets = [] } = await get('targets');
  return {
    rules: sum((groups as { rules: unknown[] }[]).map(({ rules }) => rules.length)),
    targets: activeTargets.length + droppedTargets.length,
  };
}

/** Waits until Prometheus has loaded every rule and target of the folder; throws when it does not. */
export async function waitUntilLoaded(
  folder: string,
  url: string,
  timeoutMs: number,
): Promise<Loaded> {
  const shipped = countShipped(folder);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const loaded = await askLoaded(url).catch(() => ({ rules: 0, targets: 0 }));
    if (loaded.rules >= shipped.rules && loaded.targets >= shipped.targets) return loaded;
    if (performance.now() > deadline) {
      throw new StackError(
        `Expected Prometheus to load ${shipped.rules} rules and ${shipped.targets} targets of ` +
          `\`${folder}\`, got ${loaded.rules} and ${loaded.targets}: nothing would watch the rest. ` +
          `Its log and ${url}/targets have the reason.`,
      );
    }
    await sleep(pollMs);
  }
}
