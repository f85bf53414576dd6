import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Engine } from '@watchkeeper/compose/engine';
import type { Session } from './system.ts';

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
