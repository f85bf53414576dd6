import type { Pool } from 'pg';
import type { AssistantAnswer } from './assistant.ts';

/** Counts what each user asks, by day of UTC, for all instances together. */
export interface AssistantUsage {
  /** Takes one question of today's; false where none is left. */
  take(userId: string): Promise<boolean>;
  /** Adds the tokens of an answer. */
  add(userId: string, tokens: AssistantAnswer['tokens']): Promise<void>;
}

/** Makes the count over the `users` schema. */
export function createAssistantUsage(pool: Pool, questionsPerDay: number): AssistantUsage {
  const today = "(now() AT TIME ZONE 'UTC')::date";
  return {
    async take(userId) {
      const { rowCount } = await pool.query(
        `INSERT INTO users.assistant_usage AS a (user_id, day, questions)
         VALUES ($1, ${today}, 1)
         ON CONFLICT (user_id, day) DO UPDATE SET questions = a.questions + 1
         WHERE a.questions < $2`,
        [userId, questionsPerDay],
      );
      return rowCount === 1;
    },
    async add(userId, { prompt, completion }) {
      await pool.query(
        `UPDATE users.assistant_usage
         SET prompt_tokens = prompt_tokens + $2, completion_tokens = completion_tokens + $3
         WHERE user_id = $1 AND day = ${today}`,
        [userId, prompt, completion],
      );
    },
  };
}
