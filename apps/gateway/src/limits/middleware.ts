import { callerAddress, callerOf } from '@watchkeeper/galley';
import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import type { Request, RequestHandler, Response } from 'express';
import { chosen } from '../routing/choice.ts';
import type { Routing } from '../routing/schema.ts';
import { createStrategy } from './strategies.ts';

/** The two steps of rate limiting: by address before authentication, by user after it. */
export function createRateLimits(
  { rateLimits, everyRequest }: Routing,
  telemetry: Telemetry,
  factors: Readonly<Record<'address' | 'user', number>>,
): { byAddress: RequestHandler; byUser: RequestHandler } {
  const rejections = telemetry.metrics.counter('rate_limit_rejections_total');
  const limiters = Object.entries(rateLimits).map(([name, settings]) => {
    const { per } = settings;
    rejections.add(0, { limiter: name });
    return { name, per, take: createStrategy(settings, factors[per]) };
  });

  function limit(
    per: 'address' | 'user',
    keyOf: (request: Request, response: Response) => string,
  ): RequestHandler {
    const own = limiters.filter((limiter) => limiter.per === per);
    return async (request, response, next) => {
      const wanted = [...everyRequest, ...(chosen(response)?.route.rateLimits ?? [])];
      for (const { name, take } of own.filter(({ name }) => wanted.includes(name))) {
        const waitMs = await take(keyOf(request, response));
        if (waitMs > 0) refuse(response, name, waitMs);
      }
      next();
    };
  }

  function refuse(response: Response, limiter: string, waitMs: number): never {
    const retryAfterSeconds = Math.ceil(waitMs / 1_000);
    rejections.increment({ limiter });
    response.setHeader('retry-after', retryAfterSeconds);
    throw new HttpError(429, `Too many requests. Try again in ${retryAfterSeconds} s.`, {
      code: 'rate_limited',
      details: { limiter, retryAfterSeconds },
    });
  }

  return {
    byAddress: limit('address', (request) => callerAddress(request.ip)),
    byUser: limit('user', (_, response) => callerOf(response).userId),
  };
}
