import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { ZodError } from 'zod';
import type { Check } from '../check.ts';
import { listFiles } from '../repository/list-files.ts';
import { dataSourcesFile, providersFile } from './provisioning-schema.ts';

const folder = 'monitoring/grafana';
const newestClassicSchema = 42;

/** Of a file of data sources, by its documented schema and its references. */
export function dataSourceProblems(file: unknown): string[] {
  const { success, data, error } = dataSourcesFile.safeParse(file);
  if (!success) return schemaProblems(error);
  const sources = data.datasources;
  const uids = sources.map(({ uid }) => uid);
  const problems: string[] = [];
  if (new Set(uids).size < uids.length) problems.push('expected each uid once.');
  if (sources.filter(({ isDefault }) => isDefault).length !== 1) {
    problems.push('expected one data source with `isDefault: true`.');
  }
  return [...problems, ...sources.flatMap((source) => referenceProblems(source, uids))];
}

function schemaProblems({ issues }: ZodError): string[] {
  return issues.map(({ path, message }) => `\`${path.join('.') || 'the file'}\`: ${message}.`);
}

function referenceProblems(
  { name, jsonData }: { name: string; jsonData: object },
  uids: readonly string[],
): string[] {
  const where = `data source \`${name}\``;
  return leaves(jsonData).flatMap(([key, value]) => {
    const problems: string[] = [];
    if (key === 'datasourceUid' && !uids.includes(String(value))) {
      problems.push(`${where}: \`datasourceUid: ${value}\` is no data source of this file.`);
    }
    // Grafana expands the environment in these files, and `$__tags` to nothing.
    if (/(?<!\$)\$(\{|__)/.test(String(value))) {
      problems.push(`${where}: expected \`$$\` for \`$\` in \`${value}\`.`);
    }
    return problems;
  });
}

function leaves(value: object): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null ? leaves(inner) : [[key, inner]],
  );
}

/** Of a file of dashboard providers. */
export function providerProblems(file: unknown): string[] {
  const { success, error } = providersFile.safeParse(file);
  return success ? [] : schemaProblems(error);
}

/** Of a dashboard's file. */
export function dashboardProblems(name: string, dashboard: unknown): string[] {
  type File = { uid?: string; title?: string; schemaVersion?: number; dashboard?: unknown };
  const { uid, title, schemaVersion = 0, dashboard: wrapped } = dashboard as File;
  if (wrapped !== undefined) return ['expected the plain model, not one below `dashboard`.'];
  const problems = [];
  if (uid !== basename(name, '.json'))
    problems.push(`expected its file's name as \`uid\`, got \`${uid}\`.`);
  if (!title) problems.push('expected a `title`.');
  if (schemaVersion < 1 || schemaVersion > newestClassicSchema) {
    problems.push(
      `expected a \`schemaVersion\` up to ${newestClassicSchema}, got \`${schemaVersion}\`.`,
    );
  }
  return problems;
}

function problemsIn(
  root: string,
  folder: string,
  ending: string,
  judge: (file: string, content: unknown) => string[],
): string[] {
  return listFiles(root, folder, ending).flatMap((file) =>
    judge(file, parse(readFileSync(join(root, file), 'utf8'))).map(
      (problem) => `${file}: ${problem}`,
    ),
  );
}

/** Grafana's provisioning and dashboards, by its documentation; it has no tool for it. */
export const grafanaCheck: Check = {
  name: 'grafana provisioning',
  run: async (root) => [
    ...problemsIn(root, `${folder}/provisioning/datasources`, '.yml', (_, content) =>
      dataSourceProblems(content),
    ),
    ...problemsIn(root, `${folder}/provisioning/dashboards`, '.yml', (_, content) =>
      providerProblems(content),
    ),
    ...problemsIn(root, `${folder}/dashboards`, '.json', dashboardProblems),
  ],
};
