import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { defineFault, expiresInSeconds } from './fault.ts';
import type { Faults } from './faults.ts';

const share = z.number().min(0).max(1).default(1);
/** Such as `/api/v1/orders`; every request if absent. */
const pathPrefix = z.string().startsWith('/').optional();
const milliseconds = z.number().int().min(1).max(60_000);

/** Faults of any service's requests. */
export const httpFaults = {
  errors: defineFault(z.strictObject({ share, pathPrefix, expiresInSeconds })),
  latency: defineFault(z.strictObject({ share, pathPrefix, milliseconds, expiresInSeconds })),
};

/** The error of a request or handler that an injected fault makes fail. */
export class InjectedFaultError extends Error {
  override readonly name = 'InjectedFaultError';
}

/** Middleware in front of a route's handler that injects the faults. */
export function faultGate(faults: Faults<typeof httpFaults>): RequestHandler {
  if (!faults.isEnabled) return (_request, _response, next) => next();
  return async (request, _response, next) => {
    const isAffected = (prefix = '/') => request.originalUrl.startsWith(prefix);
    const latency = faults.get('latency');
    if (latency && isAffected(latency.pathPrefix) && Math.random() < latency.share) {
      await sleep(latency.milliseconds);
    }
    const errors = faults.get('errors');
    if (errors && isAffected(errors.pathPrefix) && Math.random() < errors.share) {
      throw new InjectedFaultError('The fault `errors` is injected.');
    }
    next();
  };
}
