import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Check } from './check.ts';

// What Grafana's documentation names for each type that is used here:
// https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
const rootKeys = ['apiVersion', 'prune', 'datasources', 'deleteDatasources'];
const sourceKeys = ['name', 'uid', 'type', 'access', 'url', 'isDefault', 'editable', 'jsonData'];
const jsonDataKeys: Readonly<Record<string, readonly string[]>> = {
  prometheus: [
    ...['httpMethod', 'prometheusType', 'prometheusVersion', 'timeInterval', 'cacheLevel'],
    ...['manageAlerts', 'exemplarTraceIdDestinations', 'incrementalQuerying', 'queryTimeout'],
  ],
  loki: ['maxLines', 'timeout', 'derivedFields', 'manageAlerts', 'alertmanagerUid'],
  jaeger: ['nodeGraph', 'tracesToLogsV2', 'tracesToMetrics', 'traceQuery', 'spanBar'],
  alertmanager: ['implementation', 'handleGrafanaManagedAlerts'],
};
// Below it Grafana waits for events of the file system, which bind mounts don't send.
const minUpdateSeconds = 11;
const newestClassicSchema = 42;

/** One data source as provisioned. */
export interface DataSource {
  readonly name?: string;
  readonly uid?: string;
  readonly type?: string;
  readonly access?: string;
  readonly url?: string;
  readonly isDefault?: boolean;
  readonly jsonData?: Readonly<Record<string, unknown>>;
}

/** What is wrong with a file of data sources, by its documented schema and by itself. */
export function dataSourceFaults(file: unknown): string[] {
  const content = file as { apiVersion?: number; datasources?: DataSource[] };
  const faults = unknownKeys('the file', content, rootKeys);
  if (content.apiVersion !== 1) faults.push('expected `apiVersion: 1`.');
  const sources = content.datasources ?? [];
  const uids = sources.map(({ uid = '' }) => uid);
  if (new Set(uids).size < uids.length) faults.push('expected each uid once.');
  if (sources.filter(({ isDefault }) => isDefault).length !== 1) {
    faults.push('expected one data source with `isDefault: true`.');
  }
  return [...faults, ...sources.flatMap((source) => sourceFaults(source, uids))];
}

function sourceFaults(source: DataSource, uids: readonly string[]): string[] {
  const where = `data source \`${source.name ?? '?'}\``;
  const faults = unknownKeys(where, source, sourceKeys);
  for (const key of ['name', 'uid', 'type', 'url'] as const) {
    if (!source[key]) faults.push(`${where}: expected \`${key}\`.`);
  }
  if (source.access !== 'proxy') faults.push(`${where}: expected \`access: proxy\`.`);
  const known = jsonDataKeys[source.type ?? ''];
  if (known === undefined) return [...faults, `${where}: expected a known \`type\`.`];
  faults.push(...unknownKeys(`${where}, jsonData`, source.jsonData ?? {}, known));
  for (const [key, value] of leaves(source.jsonData ?? {})) {
    if (key === 'datasourceUid' && !uids.includes(String(value))) {
      faults.push(`${where}: \`datasourceUid: ${value}\` is no data source of this file.`);
    }
    // Grafana expands the environment in these files, and `$__tags` to nothing.
    if (/(?<!\$)\$(\{|__)/.test(String(value))) {
      faults.push(`${where}: expected \`$$\` for \`$\` in \`${value}\`.`);
    }
  }
  return faults;
}

function unknownKeys(where: string, value: object, known: readonly string[]): string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${where}: \`${key}\` is not in the documented schema.`);
}

function leaves(value: object): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null ? leaves(inner) : [[key, inner]],
  );
}

/** What is wrong with a file of dashboard providers. */
export function providerFaults(file: unknown): string[] {
  const { apiVersion, providers } = file as {
    apiVersion?: number;
    providers?: {
      name?: string;
      type?: string;
      updateIntervalSeconds?: number;
      options?: { path?: string };
    }[];
  };
  if (apiVersion !== 1 || !Array.isArray(providers)) {
    return ['expected `apiVersion: 1` and a list of `providers`.'];
  }
  return providers.flatMap(({ name, type, updateIntervalSeconds: seconds = 0, options }) => {
    const faults = [];
    if (!name || type !== 'file' || !options?.path) {
      faults.push('expected `name`, `type: file` and `options.path` of each provider.');
    }
    if (seconds < minUpdateSeconds) {
      faults.push(
        `expected \`updateIntervalSeconds\` of at least ${minUpdateSeconds}, got \`${seconds}\`.`,
      );
    }
    return faults;
  });
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
