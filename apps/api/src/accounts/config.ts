import { ConfigurationError, type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';
import { readKnownNumbers } from '../staff/known-numbers.ts';
import { phone } from './phone.ts';

export type AccountsConfiguration = Readonly<ReturnType<typeof readAccountsConfiguration>>;
export type HashingConfiguration = AccountsConfiguration['hashing'];
export type LockoutConfiguration = AccountsConfiguration['lockout'];

/** Reads `ADMIN_*`, `ARGON2_*`, `LOCKOUT_*`, `MAX_SESSIONS`, `SESSION_MAX_DAYS`, `SMS_*` and `STAFF_NUMBERS`; errors stay in the reader. */
export function readAccountsConfiguration(reader: EnvironmentReader) {
  return {
    hashing: readHashing(reader),
    lockout: readLockout(reader),
    sessionLimits: {
      /** Devices a user can be signed in on; the least recently used is signed out. */
      maxSessions: reader.integer('MAX_SESSIONS', { fallback: 10, min: 1, max: 100 }),
      /** However often its tokens are refreshed, a session ends after this. */
      maxDays: reader.integer('SESSION_MAX_DAYS', { fallback: 30, min: 1, max: 365 }),
    },
    sms: {
      /** Of the provider; messages go to `/sms/messages` below it. */
      url: reader.url('SMS_URL', 'http://127.0.0.1:8026').replace(/\/+$/, ''),
      timeoutMs: reader.integer('SMS_TIMEOUT_MS', { fallback: 3_000, min: 100, max: 60_000 }),
      /** In an hour; a household or an office signs up no more people. */
      textsPerAddress: reader.integer('SMS_PER_ADDRESS', { fallback: 20, min: 1, max: 100_000 }),
    },
    knownNumbers: readKnownNumbers(reader),
    /** The account created at the start, because nobody can register as an admin. */
    administrator: readAdministrator(reader),
  };
}

function readLockout(reader: EnvironmentReader) {
  return {
    /** Consecutive failures of one address, or of one device, with one number. */
    failures: reader.integer('LOCKOUT_FAILURES', { fallback: 5, min: 1, max: 100 }),
    seconds: reader.integer('LOCKOUT_SECONDS', { fallback: 900, min: 1, max: 86_400 }),
    /** Failures with one number from all addresses, after which unknown devices have to wait. */
    slowAfter: reader.integer('LOCKOUT_SLOW_AFTER', { fallback: 20, min: 1, max: 1_000 }),
    /** Between two attempts of all unknown devices: two a minute, 100 in almost an hour. */
    slowSeconds: reader.integer('LOCKOUT_SLOW_SECONDS', { fallback: 30, min: 1, max: 3_600 }),
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
