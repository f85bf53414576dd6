import type { Pool, QueryConfig } from 'pg';

/** The planner's choice for a statement. */
export interface Plan {
  /** Names of the indexes that it would use. */
  readonly indexes: ReadonlySet<string>;
  /** Tables that it would read from end to end. */
  readonly scanned: ReadonlySet<string>;
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Node[];
}

/** Plans the statements that `ask` sends, with their parameters, instead of running them. */
export async function planOf(pool: Pool, ask: (pool: Pool) => Promise<unknown>): Promise<Plan> {
  const [indexes, scanned] = [new Set<string>(), new Set<string>()];
  function walk(node: Node): void {
    if (node['Index Name'] !== undefined) indexes.add(node['Index Name']);
    if (node['Node Type'] === 'Seq Scan') scanned.add(node['Relation Name'] ?? '');
    for (const child of node.Plans ?? []) walk(child);
  }
  const query = async (statement: string | QueryConfig, parameters?: unknown[]) => {
    const { text, values } =
      typeof statement === 'string' ? { text: statement, values: parameters } : statement;
    const { rows } = await pool.query(`EXPLAIN (FORMAT JSON) ${text}`, values);
    walk(rows[0]['QUERY PLAN'][0].Plan);
    return { rows: [], rowCount: 0 };
  };
  await ask({ query } as unknown as Pool).catch((error: unknown) => {
    // A store may throw when it finds nothing; its statements are recorded nevertheless.
    if (indexes.size === 0 && scanned.size === 0) throw error;
  });
  return { indexes, scanned };
}
