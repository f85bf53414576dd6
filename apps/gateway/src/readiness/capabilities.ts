import type { Telemetry } from '@watchkeeper/telemetry';
import { z } from 'zod';
import type { Routing } from '../routing/schema.ts';

export type Status = 'up' | 'degraded' | 'down';

/** Public: the status of each capability, without reasons. */
export interface Report {
  readonly status: Status;
  readonly timestamp: string;
  readonly capabilities: Readonly<Record<string, Status>>;
}

export interface Watched {
  readonly name: string;
  readonly managementUrl: string;

  isCircuitOpen(): boolean;
}

const readyAnswer = z.object({ status: z.enum(['up', 'degraded', 'down']) });
const timeoutMs = 1_500;
// So that asking the gateway costs its services the same, however many ask.
const reportLastsMs = 2_000;

/**
 * Makes the question how all services do. Their management servers answer it without a token, as
 * they do for every probe. The gateway's own readiness hears of a service that is down, but only as
 * of a degradation: it can still refuse, and answer from its cache.
 */
export function createReadiness(
  { upstreams }: Pick<Routing, 'upstreams'>,
  watched: readonly Watched[],
  { telemetry, send, now }: { telemetry: Telemetry; send: typeof fetch; now: () => number },
): () => Promise<Report> {
  const statusOf = (service: Watched) => askService(service, send);
  for (const service of watched) {
    telemetry.health.addCheck(service.name, { isCritical: false }, async () => {
      const status = await statusOf(service);
      if (status !== 'up') throw new Error(`Expected it to be up, it is ${status}.`);
    });
  }

  async function report(): Promise<Report> {
    const statuses = await Promise.all(
      watched.map(async (service) => ({ service, status: await statusOf(service) })),
    );
    const isDown = statuses.some(
      ({ service, status }) => status === 'down' && upstreams[service.name]?.isCritical,
    );
    const isWell = statuses.every(({ status }) => status === 'up');
    const capabilities = statuses.map(
      ({ service, status }) =>
        [upstreams[service.name]?.capability ?? service.name, status] as const,
    );
    return {
      status: isDown ? 'down' : isWell ? 'up' : 'degraded',
      timestamp: new Date().toISOString(),
      capabilities: Object.fromEntries(capabilities),
    };
  }

  return remember(report, now);
}

async function askService(
  { managementUrl, isCircuitOpen }: Watched,
  send: typeof fetch,
): Promise<Status> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await send(new URL('/ready', managementUrl), { signal, redirect: 'error' });
    const { status } = readyAnswer.parse(await answer.json());
    return status === 'up' && isCircuitOpen() ? 'degraded' : status;
  } catch {
    // Whatever kept it from saying that it is ready: it is not.
    return 'down';
  }
}

function remember(report: () => Promise<Report>, now: () => number): () => Promise<Report> {
  let last: { at: number; report: Promise<Report> } | undefined;
  return () => {
    const at = now();
    if (last === undefined || at - last.at > reportLastsMs) last = { at, report: report() };
    return last.report;
  };
}
