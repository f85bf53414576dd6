import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { GeneratedFile } from './generated-file.ts';

/** Where people open runbooks and dashboards; a name is put after a slash. */
export interface Addresses {
  readonly runbooks: string;
  readonly dashboards: string;
}

const addressesFile = 'monitoring/addresses.yml';
const addressedFolders = [
  { folder: 'monitoring/prometheus/rules', ending: '.yml' },
  { folder: 'monitoring/loki/rules/fake', ending: '.yml' },
  { folder: 'runbooks', ending: '.md' },
];
// Made by a generator of its own, which asks for the addresses itself.
const generatedElsewhere = ['slo.rules.yml', 'README.md', '_template.md'];

/** Reads the base addresses; throws with the file, the key and the cure. */
export function readAddresses(root: string): Addresses {
  const read = parse(readFileSync(join(root, addressesFile), 'utf8')) as Record<string, unknown>;
  const base = (key: keyof Addresses) => {
    const value = read[key];
    if (typeof value === 'string' && /^https?:\/\/\S+[^/]$/.test(value)) return value;
    throw new Error(
      `${addressesFile}: expected \`${key}\` to be an address without a slash at its end, ` +
        `got \`${value}\`.`,
    );
  };
  return { runbooks: base('runbooks'), dashboards: base('dashboards') };
}

/** The text with the base of each runbook's and dashboard's address replaced, and nothing else. */
export function rewriteBases(text: string, { runbooks, dashboards }: Addresses): string {
  return text
    .replace(/(\brunbook_url: )\S+\/(\w+)/g, (_, key, name) => `${key}${runbooks}/${name}`)
    .replace(/(\bdashboard_url: )\S+\/(\w+)/g, (_, key, uid) => `${key}${dashboards}/${uid}`)
    .replace(
      /(\[dashboard\]\()[^)\s]+\/(\w+)\)/g,
      (_, link, uid) => `${link}${dashboards}/${uid})`,
    );
}

/** Every rule, rule test and runbook with the addresses of `monitoring/addresses.yml`. */
export function addressedFiles(root: string): GeneratedFile[] {
  const addresses = readAddresses(root);
  return addressedFolders.flatMap(({ folder, ending }) => {
    if (!existsSync(join(root, folder))) return [];
    const files = readdirSync(join(root, folder)).filter(
      (file) => file.endsWith(ending) && !generatedElsewhere.includes(file),
    );
    return files.map((file) => {
      const path = `${folder}/${file}`;
      return { path, content: rewriteBases(readFileSync(join(root, path), 'utf8'), addresses) };
    });
  });
}
