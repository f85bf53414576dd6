import { createFaults, defineFault, expiresInSeconds, processFaults } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import { z } from 'zod';
import type { Crowd } from '../live/crowd.ts';
import { guessedPhone } from '../people/person.ts';
import type { Client } from '../target/client.ts';
import { guessPasswords } from './guessing.ts';

/** What the faults of the traffic act on. */
export interface FaultTargets {
  readonly logger: Logger;
  readonly crowd: Crowd;
  /** Of somebody whom no limit holds back. */
  readonly guesser: Client;
  readonly seed: number;
}

/** Everything that people can do to the services on purpose, all off. */
export function createTrafficFaults(targets: FaultTargets, isEnabled: boolean) {
  const { logger, crowd, guesser, seed } = targets;
  const known = {
    ...processFaults(logger),
    /** Somebody tries passwords. */
    failedLogins: defineFault(
      // Twice what the alert speaks of.
      z.strictObject({ perSecond: z.number().min(0.1).max(200).default(20), expiresInSeconds }),
      ({ perSecond }) => guessPasswords(guesser, guessedPhone(seed), perSecond),
    ),
    /** So many more come at once. */
    surge: defineFault(
      z.strictObject({ factor: z.number().min(1).max(100).default(10), expiresInSeconds }),
    ),
    /** A share of the WebSockets breaks, and stays away as long as the fault lasts. */
    disconnects: defineFault(
      // Half of them would be just not under half of what there was.
      z.strictObject({ share: z.number().min(0).max(1).default(0.75), expiresInSeconds }),
      ({ share }) => {
        const scattered = crowd.scatter(share);
        return () => scattered.end();
      },
    ),
  };
  return createFaults(known, { isEnabled });
}

/** The switches of the traffic. */
export type TrafficFaults = ReturnType<typeof createTrafficFaults>;
