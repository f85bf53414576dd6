import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AlertmanagerConfiguration } from './configuration.ts';
import { configurationFile } from './configuration.ts';

// Where the container has the folder of the file; native mode puts its own path there.
const containerFolder = '/etc/alertmanager/';
const folder = 'monitoring/alertmanager/';

// Whoever knows one of these can act as us.
const secretKeys =
  /^(?:slack_)?app_token$|^(?:smtp_)?auth_(?:password|secret)$|^(?:routing|service|api|user)_key$|(?:^|_)(?:token|password|credentials|api_key|api_secret|client_secret)$/;
// In these the address itself is the secret, once it leads out of the house.
const secretAddresses = /^(?:slack_api_url|api_url|webhook_url|url)$/;

/** Secrets that stand in the file itself, and files that are missing. */
export function secretProblems(root: string, configuration: AlertmanagerConfiguration): string[] {
  const { global, receivers } = configuration;
  return [
    ...walk('global', global).flatMap((leaf) => faultsOf(root, leaf)),
    ...receivers.flatMap((receiver) =>
      walk(`receiver \`${receiver.name}\``, receiver).flatMap((leaf) => faultsOf(root, leaf)),
    ),
  ];
}

interface Leaf {
  readonly owner: string;
  readonly key: string;
  readonly value: string;
}

function walk(owner: string, value: unknown, key = ''): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((each) => walk(owner, each, key));
  if (typeof value !== 'object' || value === null) return [{ owner, key, value: String(value) }];
  return Object.entries(value).flatMap(([name, each]) => walk(owner, each, name));
}

function faultsOf(root: string, { owner, key, value }: Leaf): string[] {
  const where = `${configurationFile}: ${owner}`;
  if (key.endsWith('_file')) return missingFile(root, where, key, value);
  const isSecret = secretKeys.test(key) || (secretAddresses.test(key) && isOutside(value));
  if (!isSecret || value === '') return [];
  return [
    `${where}: expected \`${key}\` not to stand in the file. Write it to ` +
      `${folder}secrets/${key.replaceAll('_', '-')} and name that by \`${key}_file\`.`,
  ];
}

/** An address without encryption leads to the inbox, or to nobody who keeps secrets. */
function isOutside(address: string): boolean {
  return address.startsWith('https:');
}

/** Alertmanager reads it at the first notification, and would only then notice. */
function missingFile(root: string, where: string, key: string, path: string): string[] {
  const isOurs = path.startsWith(containerFolder);
  const file = isOurs ? join(root, folder, path.slice(containerFolder.length)) : path;
  const shown = isOurs ? `${folder}${path.slice(containerFolder.length)}` : path;
  if (!existsSync(file) || !statSync(file).isFile()) {
    return [
      `${where}: expected the file of \`${key}\`, ${shown}, to exist. Write the secret to it, or ` +
        'point the receiver at the inbox again: docs/notifications.md.',
    ];
  }
  if (!isBlank(file)) return [];
  return [`${where}: expected the file of \`${key}\`, ${shown}, to hold a secret, it is empty.`];
}

/** What belongs to Alertmanager's user alone is not ours to read, but has a size. */
function isBlank(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').trim() === '';
  } catch {
    return statSync(file).size === 0;
  }
}
