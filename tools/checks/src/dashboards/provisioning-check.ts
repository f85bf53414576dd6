import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Check } from '../check.ts';
import { dataSourcesFile, providersFile } from './provisioning-schema.ts';

const newestClassicSchema = 42;

/** What is wrong with a file of data sources, by its documented schema and by itself. */
export function dataSourceFaults(file: unknown): string[] {
  const { success, data, error } = dataSourcesFile.safeParse(file);
  if (!success) return schemaFaults(error);
  const sources = data.datasources;
  const uids = sources.map(({ uid }) => uid);
  const faults: string[] = [];
  if (new Set(uids).size < uids.length) faults.push('expected each uid once.');
  if (sources.filter(({ isDefault }) => isDefault).length !== 1) {
    faults.push('expected one data source with `isDefault: true`.');
  }
  return [...faults, ...sources.flatMap((source) => referenceFaults(source, uids))];
}

function schemaFaults({
  issues,
}: {
  issues: { path: PropertyKey[]; message: string }[];
}): string[] {
  return issues.map(({ path, message }) => `\`${path.join('.') || 'the file'}\`: ${message}.`);
}

function referenceFaults(
  { name, jsonData }: { name: string; jsonData: object },
  uids: readonly string[],
): string[] {
  const where = `data source \`${name}\``;
  return leaves(jsonData).flatMap(([key, value]) => {
    const faults: string[] = [];
    if (key === 'datasourceUid' && !uids.includes(String(value))) {
      faults.push(`${where}: \`datasourceUid: ${value}\` is no data source of this file.`);
    }
    // Grafana expands the environment in these files, and `$__tags` to nothing.
    if (/(?<!\$)\$(\{|__)/.test(String(value))) {
      faults.push(`${where}: expected \`$$\` for \`$\` in \`${value}\`.`);
    }
    return faults;
  });
}

function leaves(value: object): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null ? leaves(inner) : [[key, inner]],
  );
}

/** What is wrong with a file of dashboard providers. */
export function providerFaults(file: unknown): string[] {
  const { success, error } = providersFile.safeParse(file);
  return success ? [] : schemaFaults(error);
}

/** What is wrong with a dashboard as a file. */
export function dashboardFaults(name: string, dashboard: unknown): string[] {
  const {
    uid,
    title,
    schemaVersion = 0,
    dashboard: wrapped,
  } = dashboard as {
    uid?: string;
    title?: string;
    schemaVersion?: number;
    dashboard?: unknown;
  };
  if (wrapped !== undefined) return ['expected the plain model, not one below `dashboard`.'];
  const faults = [];
  if (uid !== basename(name, '.json'))
    faults.push(`expected its file's name as \`uid\`, got \`${uid}\`.`);
  if (!title) faults.push('expected a `title`.');
  if (schemaVersion < 1 || schemaVersion > newestClassicSchema) {
    faults.push(
      `expected a \`schemaVersion\` up to ${newestClassicSchema}, got \`${schemaVersion}\`.`,
    );
  }
  return faults;
}

function faultsIn(
  root: string,
  folder: string,
  ending: string,
  judge: (name: string, content: unknown) => string[],
): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => {
      const content = parse(readFileSync(join(root, folder, name), 'utf8'));
      return judge(name, content).map((fault) => `${folder}/${name}: ${fault}`);
    });
}

/** Grafana's provisioning and dashboards, by what its documentation says; it has no tool for it. */
export const grafanaCheck: Check = {
  name: 'grafana provisioning',
  run: async (root) => [
    ...faultsIn(root, 'monitoring/grafana/provisioning/datasources', '.yml', (_, content) =>
      dataSourceFaults(content),
    ),
    ...faultsIn(root, 'monitoring/grafana/provisioning/dashboards', '.yml', (_, content) =>
      providerFaults(content),
    ),
    ...faultsIn(root, 'monitoring/grafana/dashboards', '.json', dashboardFaults),
  ],
};
