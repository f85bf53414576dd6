import { readFileSync } from 'node:fs';

/** The core endpoints by activity; ids are `:id`. */
export const coreEndpoints = {
  browse: ['GET /api/v1/restaurants', 'GET /api/v1/restaurants/:id', 'GET /api/v1/search'],
  order: [
    'POST /api/v1/orders',
    'GET /api/v1/orders',
    'GET /api/v1/orders/:id',
    'POST /api/v1/orders/:id/transitions',
  ],
  pay: [
    'POST /api/v1/orders/:id/payments',
    'POST /api/v1/payments/:id/capture',
    'POST /api/v1/payments/:id/refunds',
  ],
  deliver: [
    'GET /api/v1/assignments',
    'POST /api/v1/assignments/:id/accept',
    'POST /api/v1/assignments/:id/pickup',
    'POST /api/v1/assignments/:id/deliver',
  ],
} as const;

export interface Timing {
  readonly atMs: number;
  /** 0 without a response. */
  readonly status: number;
  readonly tookMs: number;
  /** Method and path, with `:id` for ids. */
  readonly endpoint: string;
}

/** In milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Reads the requests to the gateway that ended within the span. */
export function readTimings(file: string, { fromMs, toMs }: Span): Timing[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [at = '', status, took, method, path = ''] = line.split(' ');
      const atMs = Number(at);
      if (!path.startsWith('/api/') || atMs < fromMs || atMs >= toMs) return [];
      const endpoint = `${method} ${path.replace(uuid, ':id')}`;
      return [{ atMs, status: Number(status), tookMs: Number(took), endpoint }];
    });
}

export type Summary = ReturnType<typeof summarize>;

/**
 * Summarizes the requests to some endpoints, or to all. Latencies are of those that succeeded; 5xx,
 * 429 and no response have failed.
 */
export function summarize(timings: readonly Timing[], endpoints?: readonly string[]) {
  const chosen = timings.filter(({ endpoint }) => endpoints?.includes(endpoint) ?? true);
  const succeeded = chosen.filter(({ status }) => status >= 200 && status < 300);
  const sorted = succeeded.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  const failed = chosen.filter(({ status }) => status === 0 || status === 429 || status >= 500);
  return {
    ...{ succeeded: sorted.length, failed: failed.length },
    ...{ p50Ms: quantile(0.5), p95Ms: quantile(0.95), p99Ms: quantile(0.99) },
  };
}
