import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { ZodError } from 'zod';
import type { Check } from '../check.ts';
import { listFiles } from '../repository/list-files.ts';
import { dataSourcesFile, providersFile } from './provisioning-schema.ts';

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

/** The problems of a file of dashboard providers. */
export function providerProblems(file: unknown): string[] {
  const { success, error } = providersFile.safeParse(file);
  return success ? [] : schemaProblems(error);
}

/** The problems of a dashboard's file. */
export function dashboardProblems(dashboard: unknown, name: string): string[] {
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

// By folder and ending.
const judges: readonly [string, string, (content: unknown, file: string) => string[]][] = [
  ['provisioning/datasources', '.yml', dataSourceProblems],
  ['provisioning/dashboards', '.yml', providerProblems],
  ['dashboards', '.json', dashboardProblems],
];

/** Grafana's provisioning and dashboards, by its documentation; it has no tool for it. */
export const grafanaCheck: Check = {
  name: 'grafana provisioning',
  run: async (root) =>
    judges.flatMap(([folder, ending, judge]) =>
      listFiles(root, `monitoring/grafana/${folder}`, ending).flatMap((file) => {
        const content: unknown = parse(readFileSync(join(root, file), 'utf8'));
        return judge(content, file).map((problem) => `${file}: ${problem}`);
      }),
    ),
};
