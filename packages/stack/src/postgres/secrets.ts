import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The passwords of the database's two roles. */
export interface PostgresSecrets {
  /** The owner, as whom the apps log in. */
  galley: string;
  /** The role that may only look, for postgres-exporter. */
  monitor: string;
}

/** Reads the passwords; makes them at random, for the owner's eyes only, the first time. */
export function readSecrets(file: string): PostgresSecrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as PostgresSecrets;
  const password = () => randomBytes(24).toString('base64url');
  const secrets = { galley: password(), monitor: password() };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
