import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { listFiles } from '../repository/list-files.ts';
import type { GeneratedFile } from './generated-file.ts';

/** Of runbooks and dashboards; a slash and a name follow. */
export interface Addresses {
  readonly runbooks: string;
  readonly dashboards: string;
}

const addressesFile = 'monitoring/addresses.yml';
const addressedFolders = [
  { folder: 'monitoring/prometheus/rules', ending: '.test.yml' },
  { folder: 'runbooks', ending: '.md' },
];
// Made by generators of their own, which read the addresses.
const generatedElsewhere = ['README.md', '_template.md'];

/** Reads the base addresses; throws with the file, the key and the fix. */
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

/** Replaces the base of each runbook's and dashboard's address, and nothing else. */
function rewriteBases(text: string, { runbooks, dashboards }: Addresses): string {
  return text
    .replace(/(\brunbook_url: )\S+\/(\w+)/g, (_, key, name) => `${key}${runbooks}/${name}`)
    .replace(/(\bdashboard_url: )\S+\/(\w+)/g, (_, key, uid) => `${key}${dashboards}/${uid}`)
    .replace(
      /(\[dashboard\]\()[^)\s]+\/(\w+)\)/g,
      (_, link, uid) => `${link}${dashboards}/${uid})`,
    );
}

/** Every rule test and runbook with the addresses; rules are made with them. */
export function addressedFiles(root: string): GeneratedFile[] {
  const addresses = readAddresses(root);
  return addressedFolders.flatMap(({ folder, ending }) => {
    const files = listFiles(root, folder, ending);
    return files
      .filter((path) => !generatedElsewhere.includes(basename(path)))
      .map((path) => {
        return { path, content: rewriteBases(readFileSync(join(root, path), 'utf8'), addresses) };
      });
  });
}
