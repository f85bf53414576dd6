import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault, Session } from '../systems/system.ts';

type Sql = NonNullable<DrillSpec['sql']>[number];

// Between two rounds of a session, and after an error: the database has others to serve.
const pauseMs = 50;

/** Runs the statements in sessions that stay open until undone. */
export async function openSessions(system: DrillSystem, sql: Sql): Promise<InjectedFault> {
  const count = sql.fill === undefined ? sql.sessions : await countMissing(system, sql.fill);
  const sessions = await Promise.all(Array.from({ length: count }, () => system.openSession()));
  let isUndone = false;
  const rounds = sessions.map(async (session) => {
    do {
      await runRound(session, sql.run);
      if (sql.isRepeated) await sleep(pauseMs);
    } while (sql.isRepeated && !isUndone);
  });
  const done = Promise.all(rounds);
  if (!sql.isRepeated) await done;
  return {
    description: `${count} × ${sql.run.join('; ').slice(0, 80)}`,
    cleanup: sql.undo.map((statement) => system.sqlCleanup(statement)),
    async undo() {
      isUndone = true;
      await Promise.all(sessions.map((session) => session.close()));
      await done.catch(() => {});
      for (const statement of sql.undo) await system.sql(statement);
    },
  };
}

/** How many connections are missing to that share; those of the apps vary with the load. */
async function countMissing(system: DrillSystem, share: number): Promise<number> {
  const [row] = await system.sql(
    `SELECT current_setting('max_connections')::int AS most, count(*)::int AS used
       FROM pg_stat_activity WHERE backend_type = 'client backend'`,
  );
  const [most, used] = (row ?? []).map(Number);
  return Math.max(1, Math.round(share * (most ?? 0)) - (used ?? 0));
}

/** Some drills are about errors: one is rolled back and ends the round. */
async function runRound(session: Session, statements: readonly string[]): Promise<void> {
  try {
    for (const statement of statements) await session.run(statement);
  } catch {
    await session.run('ROLLBACK').catch(() => {});
  }
}
