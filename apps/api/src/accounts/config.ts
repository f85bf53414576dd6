import { readSecretFile } from '@watchkeeper/galley';
import { ConfigurationError, type EnvironmentReader } from '@watchkeeper/telemetry';
import { phone } from './phone.ts';

/** Costs of a password hash. Source: the second seed's `auth.hashing`. */
export interface HashingConfiguration {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
  /** Hashes computed at once; each uses `memoryKib` and `parallelism` cores. */
  readonly concurrency: number;
}

export interface LockoutConfiguration {
  /** Consecutive failures. */
  readonly failures: number;
  readonly seconds: number;
}

/** The account created at the start, because nobody can register as an admin. */
export interface AdministratorConfiguration {
  readonly phone: string;
  readonly password: string;
}

export interface AccountsConfiguration {
  readonly hashing: HashingConfiguration;
  readonly lockout: LockoutConfiguration;
  /** Devices a user can be signed in on; the least recently used is signed out. */
  readonly maxSessions: number;
  readonly sms: {
    /** Of the provider; messages go to `/sms/messages` below it. */
    readonly url: string;
    readonly timeoutMs: number;
  };
  readonly administrator: AdministratorConfiguration | undefined;
}

/** Reads `ADMIN_*`, `ARGON2_*`, `LOCKOUT_*`, `MAX_SESSIONS` and `SMS_*`; errors stay in the reader. */
export function readAccountsConfiguration(reader: EnvironmentReader): AccountsConfiguration {
  return {
    hashing: readHashing(reader),
    lockout: {
      failures: reader.integer('LOCKOUT_FAILURES', { fallback: 5, min: 1, max: 100 }),
      seconds: reader.integer('LOCKOUT_SECONDS', { fallback: 900, min: 1, max: 86_400 }),
    },
    maxSessions: reader.integer('MAX_SESSIONS', { fallback: 10, min: 1, max: 100 }),
    sms: {
      url: reader.url('SMS_URL', 'http://127.0.0.1:8025').replace(/\/+$/, ''),
      timeoutMs: reader.integer('SMS_TIMEOUT_MS', { fallback: 3_000, min: 100, max: 60_000 }),
    },
    administrator: readAdministrator(reader),
  };
}

// A number that belongs to nobody, so that no code could ever be sent to a stranger.
// Source: https://en.wikipedia.org/wiki/555_(telephone_number)
const administratorPhone = '+13135550100';
// Nobody types it: it is made by a machine, and guessed at by machines.
const leastPasswordLength = 20;

function readAdministrator(reader: EnvironmentReader): AdministratorConfiguration | undefined {
  const number = reader.text('ADMIN_PHONE', administratorPhone);
  const file = reader.optionalText('ADMIN_PASSWORD_FILE');
  if (file === undefined) return undefined;
  const faults: string[] = [];
  const parsed = phone.safeParse(number);
  if (!parsed.success) {
    const example = 'a phone number with its country code';
    faults.push(`Expected \`ADMIN_PHONE\` to be ${example}, got \`${number}\`.`);
  }
  const password = readSecretFile('ADMIN_PASSWORD_FILE', file);
  if (password.length < leastPasswordLength || password.length > 128) {
    const lengths = `${leastPasswordLength} to 128 characters`;
    faults.push(`Expected the password in \`${file}\` to have ${lengths}, got ${password.length}.`);
  }
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { phone: parsed.data as string, password };
}

// The floors are the least that OWASP calls safe: 19 MiB, two iterations, one lane.
// Source: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
function readHashing(reader: EnvironmentReader): HashingConfiguration {
  return {
    memoryKib: reader.integer('ARGON2_MEMORY_KIB', {
      fallback: 65_536,
      min: 19_456,
      max: 1_048_576,
    }),
    iterations: reader.integer('ARGON2_ITERATIONS', { fallback: 3, min: 2, max: 20 }),
    parallelism: reader.integer('ARGON2_PARALLELISM', { fallback: 2, min: 1, max: 16 }),
    // One hash has two lanes and the demo two cores: two at once would only take twice the memory.
    concurrency: reader.integer('ARGON2_CONCURRENCY', { fallback: 1, min: 1, max: 64 }),
  };
}
