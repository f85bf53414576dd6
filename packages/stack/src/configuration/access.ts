import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import type { RunContext } from '../components/component.ts';
import { gatePassword, readSecret } from '../secrets.ts';

// The password is random and long: a slower hash would only slow down the first request.
const cost = 4;

/** Programs that take a password; a page can't read or change anything at their own ports. */
const withPassword = ['prometheus', 'alertmanager'];

/** Writes the credentials that rendered files name, readable by their owner alone. */
export function writeCredentials(context: RunContext): void {
  const { folder, has } = context;
  const write = (path: string, text: string) =>
    writeFileSync(join(folder.config, path), text, { mode: 0o600 });
  if (has('prometheus')) {
    write('prometheus/secrets/metrics-token', readSecret(folder, 'metrics-token'));
  }
  if (!has('gate')) return;
  const hash = hashSync(readSecret(folder, gatePassword), cost);
  for (const name of withPassword.filter(has)) {
    write(`${name}/web.yml`, `basic_auth_users:\n  gate: ${hash}\n`);
  }
}

/** The header with which the programs behind the gate are probed. */
export function gateAuthorization({ folder, has }: RunContext): Record<string, string> {
  if (!has('gate')) return {};
  return { authorization: `Basic ${btoa(`gate:${readSecret(folder, gatePassword)}`)}` };
}
