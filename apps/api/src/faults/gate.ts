import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Faults } from './faults.ts';

/** What a request that was failed on purpose throws; the log line says so. */
class InjectedFaultError extends Error {
  override readonly name = 'InjectedFaultError';
}

/** Stands in front of each route's handler and does to the request what the faults say. */
export function faultGate(faults: Faults): RequestHandler {
  if (!faults.isEnabled) return (_request, _response, next) => next();
  return async (request, _response, next) => {
    const isMeant = (prefix = '/') => request.originalUrl.startsWith(prefix);
    const latency = faults.get('latency');
    if (latency && isMeant(latency.pathPrefix) && Math.random() < latency.share) {
      await sleep(latency.milliseconds);
    }
    const errors = faults.get('errors');
    if (errors && isMeant(errors.pathPrefix) && Math.random() < errors.share) {
      throw new InjectedFaultError('The fault `errors` is switched on.');
    }
    next();
  };
}
