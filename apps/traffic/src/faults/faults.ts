import { createFaults, defineFault, expiresInSeconds, processFaults } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import { z } from 'zod';
import type { Crowd } from '../live/crowd.ts';
import { guessedPhone, personOf, strangersPhone } from '../people/person.ts';
import type { Client } from '../target/client.ts';
import { guessPasswords } from './guessing.ts';
import { reuseTokens } from './stealing.ts';

interface FaultTargets {
  readonly logger: Logger;
  readonly crowd: Crowd;
  /** Ignores Retry-After. */
  readonly guesser: Client;
  readonly seed: number;
}

export function createTrafficFaults(targets: FaultTargets, isEnabled: boolean) {
  const { logger, crowd, guesser, seed } = targets;
  const available = {
    ...processFaults(logger),
    failedLogins: defineFault(
      // Twice the alert's threshold.
      z.strictObject({
        perSecond: z.number().min(0.1).max(200).default(20),
        /** How many numbers to go through, five guesses each. */
        numbers: z.number().int().min(1).max(1_000).default(1),
        expiresInSeconds,
      }),
      ({ perSecond, numbers }) => {
        const phoneOf = (index: number) =>
          numbers === 1 ? guessedPhone(seed) : strangersPhone(seed, index % numbers);
        return guessPasswords(guesser, phoneOf, perSecond);
      },
    ),
    /** Refreshes sessions of a customer's twice with one token, like the thief and then the owner. */
    stolenTokens: defineFault(
      // Twenty times the alert's threshold; each costs a password hash.
      z.strictObject({ perSecond: z.number().min(0.01).max(5).default(0.2), expiresInSeconds }),
      ({ perSecond }) => reuseTokens(guesser, personOf(seed, 'customer', 0), perSecond),
    ),
    /** Multiplies the rate of visits. */
    surge: defineFault(
      z.strictObject({ factor: z.number().min(1).max(100).default(10), expiresInSeconds }),
    ),
    /** Customers look at menus, and none orders. */
    noOrders: defineFault(z.strictObject({ expiresInSeconds })),
    /** Drops a share of the WebSockets and keeps them offline. */
    disconnects: defineFault(
      // With a half, the rest would not be below the alert's half.
      z.strictObject({ share: z.number().min(0).max(1).default(0.75), expiresInSeconds }),
      ({ share }) => crowd.disconnect(share),
    ),
  };
  return createFaults(available, { isEnabled });
}
