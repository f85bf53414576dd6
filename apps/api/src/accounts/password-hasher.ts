import { randomBytes } from 'node:crypto';
import type { Telemetry } from '@watchkeeper/telemetry';
import { argon2id, hash, needsRehash, verify } from 'argon2';
import { apiMetrics } from '../catalogue.ts';
import type { HashingConfiguration } from './config.ts';
import { createSemaphore } from './semaphore.ts';

export type PasswordHasher = ReturnType<typeof createUnboundedHasher>;

// Source: the second seed, `salt_length` and `key_length`, in bytes.
const saltBytes = 16;
const keyBytes = 32;
const maxWaiting = 100;
// A change of the password waits twice within the gateway's ten seconds, however slow the machine is: a
// timeout would count as a failure of the api, and open the circuit of all sign-ins.
const maxWaitMs = 4_000;

/** Creates an argon2id hasher with bounded concurrency; throws HttpError 429 when its queue is full or slow. */
export function createPasswordHasher(
  configuration: HashingConfiguration,
  { declareMetrics, metrics }: Telemetry,
): PasswordHasher {
  const rejections = metrics.counter('rate_limit_rejections_total');
  rejections.add(0, { limiter: 'sign_in' });
  const { concurrency } = configuration;
  const onRefused = () => rejections.increment({ limiter: 'sign_in' });
  const semaphore = createSemaphore({ concurrency, maxWaiting, maxWaitMs, onRefused });
  const waiting = declareMetrics(apiMetrics).gauge('auth_password_hashes_waiting');
  waiting.collect(() => waiting.set(semaphore.waiting()));
  const now = createUnboundedHasher(configuration);
  return {
    hash: (password) => semaphore.run(() => now.hash(password)),
    verify: (storedHash, password) => semaphore.run(() => now.verify(storedHash, password)),
  };
}

/** The same without bounded concurrency or metrics, for use at the start. */
export function createUnboundedHasher({
  memoryKib,
  iterations,
  parallelism,
}: HashingConfiguration) {
  const costs = { memoryCost: memoryKib, timeCost: iterations, parallelism };
  const options = { ...costs, type: argon2id, hashLength: keyBytes } as const;
  const nobody = unmatchableHash(costs);
  const hashNow = (password: string) =>
    hash(normalize(password), { ...options, salt: randomBytes(saltBytes) });

  return {
    hash: hashNow,
    /**
     * Compares; without a stored hash it takes as long and fails, so that timing reveals nothing.
     * @returns whether it matches, and a new hash to store if the parameters have changed
     */
    async verify(
      storedHash: string | undefined,
      password: string,
    ): Promise<{ isMatch: boolean; newHash?: string }> {
      const isMatch = await verify(storedHash ?? nobody, normalize(password));
      if (!isMatch || storedHash === undefined) return { isMatch: false };
      if (!needsRehash(storedHash, costs)) return { isMatch };
      return { isMatch, newHash: await hashNow(password) };
    },
  };
}

/** Passwords that look alike are equal, however they were typed. Source: RFC 8265, section 4. */
function normalize(password: string): string {
  return password.normalize('NFKC');
}

/** A hash with the current costs that no password matches. */
function unmatchableHash(costs: { memoryCost: number; timeCost: number; parallelism: number }) {
  const text = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '');
  const { memoryCost, timeCost, parallelism } = costs;
  const parameters = `m=${memoryCost},t=${timeCost},p=${parallelism}`;
  return `$argon2id$v=19$${parameters}$${text(saltBytes)}$${text(keyBytes)}`;
}
