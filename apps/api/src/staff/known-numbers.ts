import { ConfigurationError, type EnvironmentReader } from '@watchkeeper/telemetry';
import type { ClientBase, Pool } from 'pg';
import { grantAllRestaurants, type StaffRole } from './store.ts';

/** Numbers whose owners are staff as soon as they have confirmed them, such as the demo's. */
export type KnownNumbers = ReturnType<typeof readKnownNumbers>;

/**
 * Reads `STAFF_NUMBERS`, such as `courier=+1???5551???,restaurant=+1???5552???`: one digit for each `?`.
 * @throws ConfigurationError that lists every wrong entry
 */
export function readKnownNumbers(reader: EnvironmentReader) {
  const text = reader.optionalText('STAFF_NUMBERS') ?? '';
  const entries = text.split(',').flatMap((entry) => entry.trim() || []);
  const errors = entries
    .filter((entry) => !/^(courier|restaurant)=\+[\d?]{7,15}$/.test(entry))
    .map((entry) => {
      const expected = 'a list such as `courier=+1???5551???`';
      return `Expected \`STAFF_NUMBERS\` to be ${expected}, got \`${entry}\`.`;
    });
  if (errors.length > 0) throw new ConfigurationError(errors);
  return entries.map((entry) => {
    const [role, pattern = ''] = entry.split('=');
    return { role: role as StaffRole, like: pattern.replaceAll('?', '_') };
  });
}

/** The role of whoever confirms this number. */
export function roleOf(known: KnownNumbers, phone: string): StaffRole | 'customer' {
  return known.find(({ like }) => isLike(phone, like))?.role ?? 'customer';
}

function isLike(phone: string, like: string): boolean {
  return phone.length === like.length && [...like].every((c, at) => c === '_' || c === phone[at]);
}

/** They work at every restaurant. */
export async function grantKnown(client: ClientBase | Pool, known: KnownNumbers): Promise<void> {
  for (const { role, like } of known) {
    if (role === 'restaurant') await grantAllRestaurants(client, like);
  }
}
