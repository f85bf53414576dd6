import { z } from 'zod';

// Far more than any panel has, far less than would hurt.
const maxQueryLength = 8_000;
const maxPoints = 3_000;
const maxRangeSeconds = 400 * 86_400;
const maxLines = 1_000;

const query = z.string().min(1).max(maxQueryLength);
const seconds = z.coerce.number().min(0).max(1e11);
const span = { start: seconds, end: seconds };

/** An answer has so many points at most, whatever is asked. */
const bounded = <Shape extends { start: number; end: number; step?: number | undefined }>(
  asked: Shape,
) => {
  const length = asked.end - asked.start;
  if (length < 0 || length > maxRangeSeconds) return false;
  return asked.step === undefined || length / asked.step <= maxPoints;
};
const boundsText = `at most 400 days and ${maxPoints} points`;

const step = z.coerce.number().min(0.1).max(maxRangeSeconds);
const prometheusRange = z.strictObject({ query, ...span, step }).refine(bounded, boundsText);
const exemplars = z.strictObject({ query, ...span }).refine(bounded, boundsText);
const lokiRange = z
  .strictObject({
    query,
    ...span,
    step: step.optional(),
    limit: z.coerce.number().int().min(1).max(maxLines).optional(),
    direction: z.enum(['backward', 'forward']).optional(),
  })
  .refine(bounded, boundsText);
const moment = z.strictObject({ query, time: seconds });
const labelValues = z
  .strictObject({
    label: z.string().regex(/^[a-zA-Z_]\w{0,99}$/),
    match: query.optional(),
    ...span,
  })
  .refine(bounded, boundsText);

type Parameters = readonly (readonly [string, string])[];

/** One question that may be asked. */
export interface Endpoint {
  /** Which of a request's parameters are passed on; throws a `ZodError` at any other. */
  readonly read: (asked: unknown) => { readonly path: string; readonly parameters: Parameters };
}

function endpoint(
  path: string,
  schema: z.ZodType<Record<string, unknown>>,
  fixed: Parameters = [],
) {
  return {
    read: (asked: unknown) => ({ path, parameters: [...pairs(schema.parse(asked)), ...fixed] }),
  };
}

function pairs(parameters: Record<string, unknown>): Parameters {
  return Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
}

// Prometheus itself gives up a little before the proxy does, and says why.
const timeout = [['timeout', '12s']] as const;

const labelValuesEndpoint: Endpoint = {
  read(asked) {
    const { label, match, start, end } = labelValues.parse(asked);
    return {
      path: `/api/v1/label/${label}/values`,
      parameters: [
        ...pairs({ start, end }),
        ...(match === undefined ? [] : [['match[]', match] as const]),
      ],
    };
  },
};

// Every question that can be asked, by its source and name: all of them only read.
const endpoints: ReadonlyMap<string, Endpoint> = new Map([
  ['prometheus/query', endpoint('/api/v1/query', moment, timeout)],
  ['prometheus/query_range', endpoint('/api/v1/query_range', prometheusRange, timeout)],
  ['prometheus/query_exemplars', endpoint('/api/v1/query_exemplars', exemplars)],
  ['prometheus/label_values', labelValuesEndpoint],
  ['loki/query', endpoint('/loki/api/v1/query', moment)],
  ['loki/query_range', endpoint('/loki/api/v1/query_range', lokiRange)],
]);

/** The question of that name; undefined where it may not be asked. */
export function findEndpoint(source: string, question: string): Endpoint | undefined {
  return endpoints.get(`${source}/${question}`);
}
