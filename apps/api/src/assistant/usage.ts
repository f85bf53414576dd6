import type { Pool } from 'pg';
import type { AssistantAnswer } from './assistant.ts';

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
    async add(userId: string, { prompt, completion }: AssistantAnswer['tokens']): Promise<void> {
      await pool.query(
        `UPDATE users.assistant_usage
         SET prompt_tokens = prompt_tokens + $2, completion_tokens = completion_tokens + $3
         WHERE user_id = $1 AND day = ${today}`,
        [userId, prompt, completion],
      );
    },
  };
}
