import { execute, queryRow, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';

const today = sql`(now() AT TIME ZONE 'UTC')::date`;

/** Counts a question of a user for the UTC day; false if the user has none left today. */
export async function takeQuestion(pool: Pool, userId: string, perDay: number): Promise<boolean> {
  const taken = await execute(pool)`
    INSERT INTO users.assistant_usage AS a (user_id, day, questions) VALUES (${userId}, ${today}, 1)
    ON CONFLICT (user_id, day) DO UPDATE SET questions = a.questions + 1
    WHERE a.questions < ${perDay}`;
  return taken === 1;
}

/** Adds the tokens of an answer to the user's day. */
export async function addTokens(
  pool: Pool,
  userId: string,
  { prompt, completion }: { prompt: number; completion: number },
): Promise<void> {
  await execute(pool)`
    UPDATE users.assistant_usage SET prompt_tokens = prompt_tokens + ${prompt},
      completion_tokens = completion_tokens + ${completion}
    WHERE user_id = ${userId} AND day = ${today}`;
}

export interface OrderFacts {
  readonly status: string;
  readonly totalCents: number;
  readonly createdAt: Date;
}

/** Undefined for users other than the order's customer and courier. */
export function findOrderFacts(pool: Pool, userId: string, orderId: string) {
  return queryRow<OrderFacts>(pool)`
    SELECT status, total_cents AS "totalCents", created_at AS "createdAt" FROM orders.orders
    WHERE id = ${orderId} AND (customer_id = ${userId} OR courier_id = ${userId})`;
}
