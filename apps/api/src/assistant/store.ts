import type { Pool } from 'pg';

export type AssistantUsage = ReturnType<typeof createAssistantUsage>;

/** Counts questions per user and UTC day, for all instances together. */
export function createAssistantUsage(pool: Pool, questionsPerDay: number) {
  const today = "(now() AT TIME ZONE 'UTC')::date";
  return {
    /** False if the user has no question left today. */
    async take(userId: string): Promise<boolean> {
      const { rowCount } = await pool.query(
        `INSERT INTO users.assistant_usage AS a (user_id, day, questions)
         VALUES ($1, ${today}, 1)
         ON CONFLICT (user_id, day) DO UPDATE SET questions = a.questions + 1
         WHERE a.questions < $2`,
        [userId, questionsPerDay],
      );
      return rowCount === 1;
    },
    async add(
      userId: string,
      { prompt, completion }: { prompt: number; completion: number },
    ): Promise<void> {
      await pool.query(
        `UPDATE users.assistant_usage
         SET prompt_tokens = prompt_tokens + $2, completion_tokens = completion_tokens + $3
         WHERE user_id = $1 AND day = ${today}`,
        [userId, prompt, completion],
      );
    },
  };
}

export interface OrderFacts {
  readonly status: string;
  readonly totalCents: number;
  readonly createdAt: Date;
}

/** Undefined for users other than the order's customer and courier. */
export async function findOrderFacts(pool: Pool, userId: string, orderId: string) {
  const { rows } = await pool.query<OrderFacts>(
    `SELECT status, total_cents AS "totalCents", created_at AS "createdAt" FROM orders.orders
     WHERE id = $1 AND (customer_id = $2 OR courier_id = $2)`,
    [orderId, userId],
  );
  return rows[0];
}
