import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const folder = join(import.meta.dirname, '../../apps/oncall');
const startTimeoutMs = 30_000;

/** The inbox as a separate process, as in production. */
export interface InboxProcess {
  readonly origin: string;
  /** Posts JSON; throws unless it is accepted. */
  post(path: string, body: unknown): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the real program; port 0 is any free one. */
export async function startInbox(
  environment: Record<string, string>,
  port = 0,
): Promise<InboxProcess> {
  const child = spawn(
    process.execPath,
    ['--import', '@watchkeeper/telemetry/instrumentation', 'src/main.ts'],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        OTEL_SERVICE_NAME: 'oncall',
        OTEL_TRACES_SAMPLER: 'always_off',
        LOG_FORMAT: 'json',
        METRICS_PORT: '0',
        SMTP_PORT: '0',
        PORT: String(port),
        ...environment,
      },
    },
  );
  const origin = `http://${await addressOf(child)}`;
  return {
    origin,
    async post(path, body) {
      const response = await fetch(`${origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('Expected a pipe from the inbox.');
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The inbox did not start.')), startTimeoutMs);
    child.once('exit', (code) => reject(new Error(`The inbox ended with ${code}.`)));
    lines.on('line', (line) => {
      const { event, address } = JSON.parse(line) as { event?: string; address?: string };
      if (event !== 'server_started' || address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
