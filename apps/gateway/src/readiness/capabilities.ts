import type { Telemetry } from '@watchkeeper/telemetry';
import { Router } from 'express';
import { z } from 'zod';
import type { Routing } from '../routing/schema.ts';

type Status = 'up' | 'degraded' | 'down';

/** Public: the status of each capability, without reasons. */
export interface Report {
  readonly status: Status;
  readonly timestamp: string;
  readonly capabilities: Readonly<Record<string, Status>>;
}

interface Service {
  readonly name: string;
  readonly managementUrl: string;
  isCircuitOpen(): boolean;
}

const readyAnswer = z.object({ status: z.enum(['up', 'degraded', 'down']) });
const timeoutMs = 1_500;
// Bounds the load on the services, however often the gateway is probed.
const reportLifetimeMs = 2_000;

/**
 * Creates the aggregated health check. Management servers respond to `/ready` without a token. A
 * service that is down only degrades the gateway's own readiness: it can still respond from its cache.
 */
export function createReadiness(
  { upstreams }: Pick<Routing, 'upstreams'>,
  services: readonly Service[],
  { telemetry, send, now }: { telemetry: Telemetry; send: typeof fetch; now: () => number },
): () => Promise<Report> {
  for (const service of services) {
    telemetry.health.addCheck(service.name, { isCritical: false }, async () => {
      const status = await fetchStatus(service, send);
      if (status !== 'up') throw new Error(`Expected the status to be up, got ${status}.`);
    });
  }

  async function report(): Promise<Report> {
    const statuses = await Promise.all(
      services.map(async (service) => {
        const { capability = service.name, isCritical = false } = upstreams[service.name] ?? {};
        return { capability, isCritical, status: await fetchStatus(service, send) };
      }),
    );
    const isDown = statuses.some(({ status, isCritical }) => status === 'down' && isCritical);
    const isHealthy = statuses.every(({ status }) => status === 'up');
    return {
      status: isDown ? 'down' : isHealthy ? 'up' : 'degraded',
      timestamp: new Date().toISOString(),
      capabilities: Object.fromEntries(
        statuses.map(({ capability, status }) => [capability, status]),
      ),
    };
  }

  let last: { at: number; report: Promise<Report> } | undefined;
  return () => {
    const at = now();
    if (last === undefined || at - last.at > reportLifetimeMs) last = { at, report: report() };
    return last.report;
  };
}

async function fetchStatus(
  { managementUrl, isCircuitOpen }: Service,
  send: typeof fetch,
): Promise<Status> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await send(new URL('/ready', managementUrl), { signal, redirect: 'error' });
    const { status } = readyAnswer.parse(await answer.json());
    return status === 'up' && isCircuitOpen() ? 'degraded' : status;
  } catch {
    // Any failure means that it is not ready.
    return 'down';
  }
}

/**
 * `GET /health` responds with 200 while the gateway runs, `GET /ready` with 503 while a critical
 * capability is down. Both have the same body.
 */
export function readinessRoutes(readiness: () => Promise<Report>): Router {
  const router = Router();
  router.get('/health', async (_request, response) => {
    response.json(await readiness());
  });
  router.get('/ready', async (_request, response) => {
    const report = await readiness();
    response.status(report.status === 'down' ? 503 : 200).json(report);
  });
  return router;
}
