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

/** How a caller asks for trouble in one request. */
const wishes = z.object({
  'x-stand-in-latency-ms': numberFrom(latencyMs),
  'x-stand-in-status': numberFrom(failureStatus),
});

/**
 * Answers late or with a failure when the request asks for it, or the third party's fault is on; the
 * request's own wish comes first. A failure happens before anything is kept.
 */
export function behaviourOf(name: StandIn, faults: ThirdPartyFaults): RequestHandler {
  return async (request, response, next) => {
    const wished = validate(wishes, request.headers, 'headers');
    const fault = faults.get(name);
    const isHit = fault !== undefined && Math.random() < fault.share;
    const milliseconds =
      wished['x-stand-in-latency-ms'] ?? (isHit ? fault.milliseconds : undefined) ?? 0;
    if (milliseconds > 0) await waitWhileOpen(milliseconds, response);
    if (response.destroyed) return;
    const status = wished['x-stand-in-status'] ?? (isHit ? fault.status : undefined);
    if (status === undefined) return next();
    if (status === 429 || status === 503) response.set('retry-after', '1');
    throw new HttpError(status, `The stand-in was told to answer ${status}.`, {
      code: 'stand_in_failure',
    });
  };
}

/** A caller that gives up needs no answer, and holds nothing any longer. */
async function waitWhileOpen(
  milliseconds: number,
  response: Parameters<RequestHandler>[1],
): Promise<void> {
  const closing = new AbortController();
  const close = () => closing.abort();
  response.once('close', close);
  await sleep(milliseconds, undefined, { signal: closing.signal }).catch(() => {
    // The only reason to reject is that the caller has gone, which the line of the request tells.
  });
  response.off('close', close);
}
