import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { secretNames } from '@watchkeeper/stack/compose-file';
import type { AlertmanagerConfiguration } from './configuration.ts';
import { configurationFile } from './configuration.ts';

// Where the container has the folder of the file; native mode puts its own path there.
const containerFolder = '/etc/alertmanager/';
const folder = 'monitoring/alertmanager/';
// What `prepare` makes, in the container.
const madeFolder = '/run/secrets';

// Credentials: their holder can act as us.
const secretKeys =
  /^(?:slack_)?app_token$|^(?:smtp_)?auth_(?:password|secret)$|^(?:routing|service|api|user)_key$|(?:^|_)(?:token|password|credentials|api_key|api_secret|client_secret)$/;
// In these the address itself is the secret, if it is an external one.
const secretAddresses = /^(?:slack_api_url|api_url|webhook_url|url)$/;

/** Secrets written in the configuration itself, and missing or empty secret files. */
export function secretProblems(root: string, configuration: AlertmanagerConfiguration): string[] {
  const { global, receivers } = configuration;
  return [
    ...walk('global', global).flatMap((leaf) => leafProblems(root, leaf)),
    ...receivers.flatMap((receiver) =>
      walk(`receiver \`${receiver.name}\``, receiver).flatMap((leaf) => leafProblems(root, leaf)),
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

function leafProblems(root: string, { owner, key, value }: Leaf): string[] {
  const where = `${configurationFile}: ${owner}`;
  if (key.endsWith('_file')) return missingFile(root, where, key, value);
  const isSecret = secretKeys.test(key) || (secretAddresses.test(key) && isExternal(value));
  if (!isSecret || value === '') return [];
  return [
    `${where}: expected \`${key}\` not to stand in the file. Write it to ` +
      `${folder}secrets/${key.replaceAll('_', '-')} and name that by \`${key}_file\`.`,
  ];
}

/** An address without encryption is the inbox', or of a service without secrets. */
function isExternal(address: string): boolean {
  return address.startsWith('https:');
}

/** Alertmanager would report it only at the first notification. */
function missingFile(root: string, where: string, key: string, path: string): string[] {
  if (dirname(path) === madeFolder && secretNames.includes(basename(path))) return [];
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

/** A file that only Alertmanager's user may read still has a size. */
function isBlank(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').trim() === '';
  } catch {
    return statSync(file).size === 0;
  }
}
