import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The passwords of the database's roles. */
export interface PostgresSecrets {
  /** The owner, as whom the apps log in. */
  galley: string;
  /** The role that may only look, for postgres-exporter. */
  monitor: string;
  /** The role that Grafana's business dashboard asks as. */
  dashboards: string;
}

/** Reads the passwords; makes those that are missing at random, for the owner's eyes only. */
export function readSecrets(file: string): PostgresSecrets {
  const known = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<PostgresSecrets>)
    : {};
  const password = () => randomBytes(24).toString('base64url');
  const secrets = { galley: password(), monitor: password(), dashboards: password(), ...known };
  if (Object.keys(known).length === Object.keys(secrets).length) return secrets;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
