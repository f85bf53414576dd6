import type { Stack } from '@watchkeeper/stack';

/** A fault that is put in, who must be told of it, and how soon. */
export interface Fault {
  readonly name: string;
  readonly alert: string;
  readonly jobs: readonly string[];
  readonly atMostSeconds: number;
  /** Resolves when it has struck; gives what heals it. */
  inject(stack: Stack): Promise<() => Promise<void>>;
}

const services = ['gateway', 'api', 'realtime', 'worker'];

/**
 * Rounds, one after the other; faults of one round don't touch each other's alerts. Half of the
 * requests comes last: after an outage its window holds nothing of the earlier errors.
 */
export const rounds: readonly (readonly Fault[])[] = [
  [
    {
      name: 'six in a hundred requests to the api fail',
      alert: 'HighErrorRate',
      jobs: ['api'],
      atMostSeconds: 300,
      inject: (stack) => setFaults(stack, { errors: { share: 0.06 } }),
    },
    {
      name: 'a posting that does not sum to zero',
      alert: 'LedgerInvariantViolated',
      jobs: ['api'],
      atMostSeconds: 60,
      inject: (stack) => setFaults(stack, { ledgerImbalance: {} }),
    },
    {
      name: 'realtime hangs and answers nobody',
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
      name: 'every service is gone; the last of four alerts',
      alert: 'ServiceDown',
      jobs: services,
      atMostSeconds: 75,
      async inject(stack) {
        await Promise.all(services.map((name) => stack.halt(name)));
        return async () => {
          for (const name of ['api', 'realtime', 'worker', 'gateway']) await stack.resume(name);
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
      inject: (stack) => setFaults(stack, { errors: { share: 0.5 } }),
    },
  ],
];

// Faults of an app are set one at a time and cleared together, when the round is over.
async function setFaults(stack: Stack, faults: unknown): Promise<() => Promise<void>> {
  const url = `${stack.address('api', 'management')}/faults`;
  const response = await fetch(url, { method: 'PUT', body: JSON.stringify(faults) });
  if (!response.ok) throw new Error(await response.text());
  return async () => void (await fetch(url, { method: 'DELETE' }));
}
