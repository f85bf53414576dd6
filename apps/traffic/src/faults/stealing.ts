import type { Person } from '../people/person.ts';
import type { Client } from '../target/client.ts';
import { attack } from './attacker.ts';

// One session, which the attack ends; those of the person's own devices stay.
const device = { deviceId: 'stolen-phone', deviceName: 'Stolen phone' };

/**
 * Logs in on another device and refreshes twice with the same token, repeatedly.
 * @returns the function that stops it
 */
export function reuseTokens(
  client: Client,
  { phone, password }: Person,
  perSecond: number,
): () => void {
  return attack(async () => {
    const body = { phone, password, ...device };
    // Refused before the person has signed up.
    const answer = await client.attempt('log_in', { body, refusals: [401] });
    if (answer === undefined) return;
    const { refreshToken } = answer;
    await client.send('refresh', { body: { refreshToken } });
    await client.provoke('refresh', 401, { body: { refreshToken } });
  }, perSecond);
}
