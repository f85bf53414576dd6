import { createHash } from 'node:crypto';
import { callerAddress, queryRow, sql } from '@watchkeeper/galley';
import type { ClientBase } from 'pg';

/** Takes one text message from the budgets of a number and of a caller's address, in a transaction. */
export type TakeText = (
  client: ClientBase,
  phone: string,
  address: string | undefined,
) => Promise<'taken' | 'number' | 'address'>;

// Five tries of a million codes succeed once in 200,000, and five codes an hour keep that low.
const textsPerNumber = 5;
const secondsBetweenTexts = 30;

/**
 * Text messages cost money, and a stranger can have them sent to any number: so both the number and
 * the caller's address have a budget for each hour. The caller rolls back if one is used up.
 */
export function createTextBudget(textsPerAddress: number): TakeText {
  return async (client, phone, address) => {
    const perNumber = { perHour: textsPerNumber, secondsBetween: secondsBetweenTexts };
    if (!(await take(client, `number:${phone}`, perNumber))) return 'number';
    const perAddress = { perHour: textsPerAddress, secondsBetween: 0 };
    const subject = `address:${callerAddress(address)}`;
    return (await take(client, subject, perAddress)) ? 'taken' : 'address';
  };
}

async function take(
  client: ClientBase,
  subject: string,
  { perHour, secondsBetween }: { perHour: number; secondsBetween: number },
): Promise<boolean> {
  // Numbers typed by strangers are not stored in the clear.
  const digest = createHash('sha256').update(subject).digest();
  const isNewWindow = sql`b.window_started_at < now() - interval '1 hour'`;
  const taken = await queryRow(client)`
    INSERT INTO accounts.text_budgets AS b (subject, window_started_at, sent_in_window, sent_at)
    VALUES (${digest}, now(), 1, now())
    ON CONFLICT (subject) DO UPDATE SET sent_at = now(),
      window_started_at = CASE WHEN ${isNewWindow} THEN now() ELSE b.window_started_at END,
      sent_in_window = CASE WHEN ${isNewWindow} THEN 1 ELSE b.sent_in_window + 1 END
    WHERE b.sent_at <= now() - make_interval(secs => ${secondsBetween})
      AND (${isNewWindow} OR b.sent_in_window < ${perHour})
    RETURNING subject`;
  return taken !== undefined;
}
