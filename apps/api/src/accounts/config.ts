import { ConfigurationError, type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';
import { phone } from './phone.ts';

export type AccountsConfiguration = Readonly<ReturnType<typeof readAccountsConfiguration>>;
export type HashingConfiguration = AccountsConfiguration['hashing'];
export type LockoutConfiguration = AccountsConfiguration['lockout'];

/** Reads `ADMIN_*`, `ARGON2_*`, `LOCKOUT_*`, `MAX_SESSIONS` and `SMS_*`; errors stay in the reader. */
export function readAccountsConfiguration(reader: EnvironmentReader) {
  return {
    hashing: readHashing(reader),
    lockout: {
      /** Consecutive failures. */
      failures: reader.integer('LOCKOUT_FAILURES', { fallback: 5, min: 1, max: 100 }),
      seconds: reader.integer('LOCKOUT_SECONDS', { fallback: 900, min: 1, max: 86_400 }),
    },
    /** Devices a user can be signed in on; the least recently used is signed out. */
    maxSessions: reader.integer('MAX_SESSIONS', { fallback: 10, min: 1, max: 100 }),
    sms: {
      /** Of the provider; messages go to `/sms/messages` below it. */
      url: reader.url('SMS_URL', 'http://127.0.0.1:8026').replace(/\/+$/, ''),
      timeoutMs: reader.integer('SMS_TIMEOUT_MS', { fallback: 3_000, min: 100, max: 60_000 }),
    },
    /** The account created at the start, because nobody can register as an admin. */
    administrator: readAdministrator(reader),
  };
}

// A fictitious number, so that no code could ever be sent to a stranger.
// Source: https://en.wikipedia.org/wiki/555_(telephone_number)
const administratorPhone = '+13135550100';
// It is generated, never typed.
const minPasswordLength = 20;

function readAdministrator(reader: EnvironmentReader) {
  const number = reader.text('ADMIN_PHONE', administratorPhone);
  const file = reader.optionalText('ADMIN_PASSWORD_FILE');
  if (file === undefined) return undefined;
  const errors: string[] = [];
  const parsed = phone.safeParse(number);
  if (!parsed.success) {
    const expected = 'a phone number with its country code';
    errors.push(`Expected \`ADMIN_PHONE\` to be ${expected}, got \`${number}\`.`);
  }
  const password = readSecretFile('ADMIN_PASSWORD_FILE', file);
  if (password.length < minPasswordLength || password.length > 128) {
    const lengths = `${minPasswordLength} to 128 characters`;
    errors.push(`Expected the password in \`${file}\` to have ${lengths}, got ${password.length}.`);
  }
  if (errors.length > 0) throw new ConfigurationError(errors);
  return { phone: parsed.data as string, password };
}

// The minima are OWASP's: 19 MiB, two iterations, one lane. The defaults are the second seed's
// `auth.hashing`. Source: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
function readHashing(reader: EnvironmentReader) {
  return {
    memoryKib: reader.integer('ARGON2_MEMORY_KIB', {
      fallback: 65_536,
      min: 19_456,
      max: 1_048_576,
    }),
    iterations: reader.integer('ARGON2_ITERATIONS', { fallback: 3, min: 2, max: 20 }),
    parallelism: reader.integer('ARGON2_PARALLELISM', { fallback: 2, min: 1, max: 16 }),
    /** Hashes computed at once. One uses two lanes and the demo has two cores. */
    concurrency: reader.integer('ARGON2_CONCURRENCY', { fallback: 1, min: 1, max: 64 }),
  };
}
