import { z } from 'zod';

// Far more than any panel has, far less than would hurt.
const maxQueryLength = 8_000;
const maxPoints = 3_000;
const maxRangeSeconds = 400 * 86_400;
const maxLines = 1_000;

const query = z.string().min(1).max(maxQueryLength);
const seconds = z.coerce.number().min(0).max(1e11);
const span = { start: seconds, end: seconds };

/** Limits how many points a response can have. */
function isBounded({ start, end, step }: { start: number; end: number; step?: unknown }) {
  const length = end - start;
  if (length < 0 || length > maxRangeSeconds) return false;
  return typeof step !== 'number' || length / step <= maxPoints;
}
const boundsText = `at most 400 days and ${maxPoints} points`;

const step = z.coerce.number().min(0.1).max(maxRangeSeconds);
const prometheusRange = z.strictObject({ query, ...span, step }).refine(isBounded, boundsText);
const exemplars = z.strictObject({ query, ...span }).refine(isBounded, boundsText);
const lokiRange = z
  .strictObject({
    query,
    ...span,
    step: step.optional(),
    limit: z.coerce.number().int().min(1).max(maxLines).optional(),
    direction: z.enum(['backward', 'forward']).optional(),
  })
  .refine(isBounded, boundsText);
const moment = z.strictObject({ query, time: seconds });
const labelValues = z
  .strictObject({
    label: z.string().regex(/^[a-zA-Z_]\w{0,99}$/),
    match: query.optional(),
    ...span,
  })
  .refine(isBounded, boundsText);

type Parameters = readonly (readonly [string, string])[];

/** Returns the path and parameters to forward; throws a `ZodError` for any other parameters. */
type Endpoint = (query: unknown) => { readonly path: string; readonly parameters: Parameters };

function endpoint(
  path: string,
  schema: z.ZodType<Record<string, unknown>>,
  fixed: Parameters = [],
): Endpoint {
  return (query) => ({ path, parameters: [...pairs(schema.parse(query)), ...fixed] });
}

function pairs(parameters: Record<string, unknown>): Parameters {
  return Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
}

// Prometheus times out shortly before the proxy, with a reason.
const timeout = [['timeout', '12s']] as const;

const labelValuesEndpoint: Endpoint = (query) => {
  const { label, match, ...span } = labelValues.parse(query);
  return {
    path: `/api/v1/label/${label}/values`,
    parameters: pairs({ ...span, 'match[]': match }),
  };
};

// Every endpoint, by its source and name; all are read-only.
const endpoints: ReadonlyMap<string, Endpoint> = new Map([
  ['prometheus/query', endpoint('/api/v1/query', moment, timeout)],
  ['prometheus/query_range', endpoint('/api/v1/query_range', prometheusRange, timeout)],
  ['prometheus/query_exemplars', endpoint('/api/v1/query_exemplars', exemplars)],
  ['prometheus/label_values', labelValuesEndpoint],
  ['loki/query', endpoint('/loki/api/v1/query', moment)],
  ['loki/query_range', endpoint('/loki/api/v1/query_range', lokiRange)],
]);

export function findEndpoint(source: string, name: string): Endpoint | undefined {
  return endpoints.get(`${source}/${name}`);
}
