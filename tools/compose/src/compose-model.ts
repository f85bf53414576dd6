import { runCommand } from '@watchkeeper/stack/run-command';
import { StackError } from '@watchkeeper/stack/stack-error';
import type { ComposeClient } from './compose-client.ts';

/** A service as `docker compose config` resolves it; only the fields that we use. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: unknown;
  readonly pull_policy?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly memswap_limit?: string;
  readonly pids_limit?: number;
  readonly logging?: { driver?: string; options?: Readonly<Record<string, string>> };
  readonly healthcheck?: { test?: readonly string[]; disable?: boolean };
  readonly restart?: string;
  readonly network_mode?: string;
  readonly pid?: string;
  readonly ipc?: string;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly { host_ip?: string; published?: string; target: number }[];
  readonly volumes?: readonly {
    type: string;
    source?: string;
    target: string;
    read_only?: boolean;
  }[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly working_dir?: string;
}

/** The whole model: both files, included, interpolated and merged. */
export interface ComposeModel {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, { internal?: boolean } | null>>;
}

/**
 * Resolves the compose files as they would be run.
 * @throws StackError with compose's message when they have an error
 */
export async function resolveCompose(
  root: string,
  client: ComposeClient,
  { profiles = [], files = [] }: { profiles?: string[]; files?: string[] } = {},
): Promise<ComposeModel> {
  const parameters = [
    ...client.parameters,
    ...files.flatMap((file) => ['-f', file]),
    ...profiles.flatMap((profile) => ['--profile', profile]),
    'config',
    '--format',
    'json',
  ];
  const options = { cwd: root, env: client.environment };
  const { code, stdout, stderr } = await runCommand(client.command, parameters, options);
  if (code !== 0) throw new StackError(`The compose files have an error: ${stderr.trim()}`);
  return JSON.parse(stdout) as ComposeModel;
}
