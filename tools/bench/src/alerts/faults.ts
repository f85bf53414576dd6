import { setApiFaults } from '@watchkeeper/drills/systems/temporary-stack';
import { appsWithDatabase, type Stack } from '@watchkeeper/stack';

/** A fault, and the alert that must reach the inbox in time. */
export interface Fault {
  readonly name: string;
  readonly alert: string;
  readonly jobs: readonly string[];
  readonly atMostSeconds: number;
  /** Resolves when it has an effect, to the function that undoes it. */
  inject(stack: Stack): Promise<() => Promise<void>>;
}

// Galley itself; the gateway needs the others.
const services = [...appsWithDatabase, 'gateway'];

/**
 * Played one after the other; the faults of a round don't affect each other's alerts. Half of the
 * requests comes last: after an outage its window has none of the earlier errors.
 */
export const rounds: readonly (readonly Fault[])[] = [
  [
    {
      name: 'six in a hundred requests to the api fail',
      alert: 'HighErrorRate',
      jobs: ['api'],
      atMostSeconds: 300,
      inject: (stack) => setApiFaults(stack, { errors: { share: 0.06 } }),
    },
    {
      name: 'a posting that does not sum to zero',
      alert: 'LedgerInvariantViolated',
      jobs: ['api'],
      atMostSeconds: 60,
      inject: (stack) => setApiFaults(stack, { ledgerImbalance: {} }),
    },
    {
      name: 'realtime hangs',
      alert: 'ServiceDown',
      jobs: ['realtime'],
      atMostSeconds: 75,
      async inject(stack) {
        stack.signal('realtime', 'SIGSTOP');
        return async () => stack.signal('realtime', 'SIGCONT');
      },
    },
  ],
  [
    {
      name: 'every service is down; the last of four alerts',
      alert: 'ServiceDown',
      jobs: services,
      atMostSeconds: 75,
      async inject(stack) {
        await Promise.all(services.map((name) => stack.halt(name)));
        return async () => {
          for (const name of services) await stack.resume(name);
        };
      },
    },
  ],
  [
    {
      name: 'half of the requests to the api fail',
      alert: 'HighErrorRate',
      jobs: ['api'],
      atMostSeconds: 120,
      inject: (stack) => setApiFaults(stack, { errors: { share: 0.5 } }),
    },
  ],
];
