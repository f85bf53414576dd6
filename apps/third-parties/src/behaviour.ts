import { setTimeout as sleep } from 'node:timers/promises';
import { failureStatus, latencyMs, validate } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { StandIn, ThirdPartyFaults } from './faults.ts';

const numberFrom = (schema: z.ZodNumber) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'Expected an integer.')
    .transform(Number)
    .pipe(schema)
    .optional();

const standInHeaders = z.object({
  'x-stand-in-latency-ms': numberFrom(latencyMs),
  'x-stand-in-status': numberFrom(failureStatus),
});

/**
 * Delays or fails a request by its `X-Stand-In-*` headers, else by the third party's injected fault.
 * A failed request has no effect.
 */
export function behaviourOf(name: StandIn, faults: ThirdPartyFaults): RequestHandler {
  return async (request, response, next) => {
    const requested = validate(standInHeaders, request.headers, 'headers');
    const fault = faults.get(name);
    const isHit = fault !== undefined && Math.random() < fault.share;
    const milliseconds =
      requested['x-stand-in-latency-ms'] ?? (isHit ? fault.milliseconds : undefined) ?? 0;
    if (milliseconds > 0) await delayWhileConnected(milliseconds, response);
    if (response.destroyed) return;
    const status = requested['x-stand-in-status'] ?? (isHit ? fault.status : undefined);
    if (status === undefined) return next();
    if (status === 429 || status === 503) response.set('retry-after', '1');
    throw new HttpError(status, `The stand-in injected the status ${status}.`, {
      code: 'stand_in_failure',
    });
  };
}

/** Waits until the time is over or the caller has disconnected. */
async function delayWhileConnected(
  milliseconds: number,
  response: Parameters<RequestHandler>[1],
): Promise<void> {
  const closing = new AbortController();
  const close = () => closing.abort();
  response.once('close', close);
  await sleep(milliseconds, undefined, { signal: closing.signal }).catch(() => {
    // The caller has disconnected, which its request log line shows.
  });
  response.off('close', close);
}
