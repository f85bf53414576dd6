import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Engine } from '@watchkeeper/compose/engine';
import type { Session } from './system.ts';

/** A container as `docker compose ps` prints it. */
interface ContainerRow {
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly Publishers?: readonly { TargetPort: number; PublishedPort: number }[] | null;
}

export async function composeRows(
  compose: (...parameters: string[]) => Promise<string>,
): Promise<ContainerRow[]> {
  const text = await compose('ps', '--format', 'json');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ContainerRow);
}

/** The address of each service on this machine; undefined where no port is published. */
export function readAddresses(rows: readonly ContainerRow[]): Map<string, string | undefined> {
  return new Map(
    rows.map(({ Service, Publishers }) => {
      const published = Publishers?.find(({ PublishedPort }) => PublishedPort > 0);
      return [Service, published ? `http://127.0.0.1:${published.PublishedPort}` : undefined];
    }),
  );
}

const endMark = '-- drill: done';

/** A `psql` in the database's container that runs a statement at a time. */
export function openComposeSession(command: readonly string[], engine: Engine): Session {
  const child = spawn('docker', command, {
    env: engine.environment,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(statement) {
      child.stdin.write(`${statement.replace(/;?\s*$/, ';')}\n\\echo ${endMark}\n`);
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        if (line.value === endMark) return;
      }
      throw new Error('The session with the database has ended.');
    },
    async close() {
      child.stdin.end();
      child.kill();
    },
  };
}
