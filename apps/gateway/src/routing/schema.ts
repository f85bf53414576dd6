import { z } from 'zod';

/** Names become labels; those of upstreams also become environment variables. */
const name = z.string().regex(/^[a-z][a-z0-9_]{0,29}$/, 'Expected a lower-case name.');
const milliseconds = z.int().min(1).max(600_000);
const windowSeconds = z.int().min(1).max(3_600).default(60);
const limit = z.int().min(1).max(1_000_000).default(100);
const per = z.enum(['address', 'user']);

/** Other methods are refused. */
export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

// Reserved: the management port's paths and the gateway's own.
const ownPaths = /^\/(metrics|faults|health|ready)(\/|$)/;

const path = z
  .string()
  .regex(/^(\/[a-z0-9._-]+)+(\/\*)?$/, 'Expected a lower-case path, optionally ending in `/*`.')
  .refine((path) => !ownPaths.test(path), 'Expected a path that is not the gateway’s own.');

const rateLimit = z.discriminatedUnion('strategy', [
  z.strictObject({ strategy: z.literal('fixed-window'), per, limit, windowSeconds }),
  z.strictObject({ strategy: z.literal('sliding-window'), per, limit, windowSeconds }),
  z.strictObject({
    strategy: z.literal('token-bucket'),
    per,
    capacity: limit,
    refillPerSecond: z.number().min(0.01).max(1_000_000).default(10),
  }),
]);

const circuitBreaker = z.strictObject({
  failurePercent: z.int().min(1).max(100).default(50),
  minimumRequests: z.int().min(1).max(10_000).default(20),
  windowMs: milliseconds.default(10_000),
  openMs: milliseconds.default(10_000),
});

const route = z.strictObject({
  path,
  /** Absent means all methods; `GET` includes `HEAD`. */
  methods: z.array(z.enum(methods)).min(1).optional(),
  upstream: name,
  /** Routes of one group have a circuit breaker of their own; the others share the upstream's. */
  group: name.optional(),
  auth: z.enum(['token', 'none']).default('token'),
  /** Present if responses to anonymous callers are shared. */
  cacheSeconds: z.int().min(1).max(86_400).optional(),
  rateLimits: z.array(name).default([]),
  timeoutMs: milliseconds.default(10_000),
  bodyLimitKilobytes: z.int().min(1).max(100_000).default(100),
  websocket: z.boolean().default(false),
});

/** The routes file, including its references. */
export const routingSchema = z
  .strictObject({
    upstreams: z.record(
      name,
      z.strictObject({ capability: name, isCritical: z.boolean().default(false) }),
    ),
    circuitBreaker: circuitBreaker.prefault({}),
    rateLimits: z.record(name, rateLimit).default({}),
    everyRequest: z.array(name).default([]),
    routes: z.array(route).min(1),
  })
  .superRefine((routing, context) => {
    const addError = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    for (const [index, limiter] of routing.everyRequest.entries()) {
      if (routing.rateLimits[limiter]?.per === 'address') continue;
      addError(['everyRequest', index], `Expected a rate limit per address, got \`${limiter}\`.`);
    }
    const seen = new Set<string>();
    for (const [index, route] of routing.routes.entries()) {
      for (const message of validateRoute(route, routing, seen))
        addError(['routes', index], message);
    }
  });

export type Routing = z.output<typeof routingSchema>;

export type Route = Routing['routes'][number];

export type RateLimit = Routing['rateLimits'][string];

export type CircuitBreakerSettings = Routing['circuitBreaker'];

function validateRoute(
  route: Route,
  { upstreams, rateLimits }: Pick<Routing, 'upstreams' | 'rateLimits'>,
  seen: Set<string>,
): string[] {
  const errors: string[] = [];
  if (upstreams[route.upstream] === undefined) {
    errors.push(`Expected one of \`upstreams\`, got \`${route.upstream}\`.`);
  }
  for (const limiter of route.rateLimits) {
    const known = rateLimits[limiter];
    if (known === undefined) errors.push(`Expected one of \`rateLimits\`, got \`${limiter}\`.`);
    else if (known.per === 'user' && route.auth === 'none') {
      errors.push(`Expected \`auth: token\` beside the limit per user \`${limiter}\`.`);
    }
  }
  if (route.cacheSeconds !== undefined && (route.auth === 'token' || route.websocket)) {
    errors.push(
      'Expected `cacheSeconds` only on a route without a token: its responses are shared.',
    );
  }
  for (const method of route.methods ?? ['*']) {
    const key = `${method} ${route.path}`;
    if (seen.has(key)) errors.push(`Expected each route once, got \`${key}\` again.`);
    seen.add(key);
  }
  return errors;
}
