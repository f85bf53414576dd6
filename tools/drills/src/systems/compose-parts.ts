import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Engine } from '@watchkeeper/compose/engine';
import type { Session } from './system.ts';

/** A container as `docker compose ps` tells of it. */
export interface ContainerRow {
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly Publishers?: readonly { TargetPort: number; PublishedPort: number }[] | null;
}

/** The containers that run, or should. */
export async function composeRows(
  compose: (...parameters: string[]) => Promise<string>,
): Promise<ContainerRow[]> {
  const text = await compose('ps', '--format', 'json');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ContainerRow);
}

/** The address on this machine of each service; the empty text where none is published. */
export function readAddresses(rows: readonly ContainerRow[]): Map<string, string | undefined> {
  return new Map(
    rows.map(({ Service, Publishers }) => {
      const published = Publishers?.find(({ PublishedPort }) => PublishedPort > 0);
      return [Service, published ? `http://127.0.0.1:${published.PublishedPort}` : undefined];
    }),
  );
}

const endMark = '-- drill: done';

/** One `psql` inside the database's container, fed a statement at a time. */
export function openComposeSession(base: readonly string[], engine: Engine): Session {
  const psql = ['psql', '-qAtX', '-U', 'galley', '-d', 'galley'];
  const child = spawn('docker', [...base, 'exec', '-T', 'postgres', ...psql], {
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
