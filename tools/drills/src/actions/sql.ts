import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault, Session } from '../systems/system.ts';

type Sql = NonNullable<DrillSpec['sql']>[number];

// Between two rounds of a session, and after a complaint: the database has others to serve.
const pauseMs = 50;

/** Opens the sessions, has each do its statements, and keeps them open until healing. */
export async function openSessions(system: DrillSystem, sql: Sql): Promise<InjectedFault> {
  const count = sql.fill === undefined ? sql.sessions : await countMissing(system, sql.fill);
  const sessions = await Promise.all(Array.from({ length: count }, () => system.openSession()));
  let isOver = false;
  const rounds = sessions.map(async (session) => {
    do {
      await runRound(session, sql.run);
      if (sql.isRepeated) await sleep(pauseMs);
    } while (sql.isRepeated && !isOver);
  });
  const done = Promise.all(rounds);
  if (!sql.isRepeated) await done;
  return {
    what: `${count} × ${sql.run.join('; ').slice(0, 80)}`,
    rescue: sql.undo.map((statement) => system.rescueSql(statement)),
    async undo() {
      isOver = true;
      await Promise.all(sessions.map((session) => session.close()));
      await done.catch(() => {});
      for (const statement of sql.undo) await system.sql(statement);
    },
  };
}

/** How many connections the apps leave to be opened: theirs come and go with the load. */
async function countMissing(system: DrillSystem, share: number): Promise<number> {
  const [row] = await system.sql(
    `SELECT current_setting('max_connections')::int AS most, count(*)::int AS used
       FROM pg_stat_activity WHERE backend_type = 'client backend'`,
  );
  const [most, used] = (row ?? []).map(Number);
  return Math.max(1, Math.round(share * (most ?? 0)) - (used ?? 0));
}

/** An error is what some drills are about: it rolls back, and the round is over. */
async function runRound(session: Session, statements: readonly string[]): Promise<void> {
  try {
    for (const statement of statements) await session.run(statement);
  } catch {
    await session.run('ROLLBACK').catch(() => {});
  }
}
