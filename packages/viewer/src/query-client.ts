import { instrumentFetch } from '@watchkeeper/telemetry';
import { z } from 'zod';

/** Where this process reaches them; undefined if not configured. */
export interface QueryAddresses {
  readonly prometheusQueryUrl: string | undefined;
  readonly lokiQueryUrl: string | undefined;
}

export const sourceNames = { prometheus: 'Prometheus', loki: 'Loki' } as const;
export type Source = keyof typeof sourceNames;

/** A query that failed; the message is for its reader, `status` for the response that carries it. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface QueryLimits {
  readonly timeoutMs: number;
  readonly maxMegabytes: number;
  readonly maxInFlight: number;
}

/** Creates the client of Prometheus' and Loki's HTTP APIs; it only sends GET requests. */
export function createQueryClient(addresses: QueryAddresses, limits: QueryLimits) {
  const bases = { prometheus: addresses.prometheusQueryUrl, loki: addresses.lokiQueryUrl };
  const hosts = Object.values(bases).flatMap((base) => (base ? new URL(base).hostname : []));
  const send = instrumentFetch(fetch, { ownHosts: hosts });
  let inFlight = 0;

  return {
    isConfigured: (source: Source) => bases[source] !== undefined,
    /**
     * Returns the body of the response.
     * @throws QueryError 422 if rejected, 502 and 504 without a usable response, 503 if not sent
     */
    async query(
      source: Source,
      path: string,
      parameters: readonly (readonly [string, string])[],
      signal?: AbortSignal,
    ): Promise<string> {
      const name = sourceNames[source];
      const base = bases[source];
      if (base === undefined) throw new QueryError(503, `${name} is not configured.`);
      if (inFlight >= limits.maxInFlight) {
        throw new QueryError(503, 'Too many queries in flight. Try again.');
      }
      const url = new URL(`${base.replace(/\/+$/, '')}${path}`);
      for (const [key, value] of parameters) url.searchParams.append(key, value);
      const signals = [AbortSignal.timeout(limits.timeoutMs), ...(signal ? [signal] : [])];
      inFlight += 1;
      try {
        const response = await send(url, { redirect: 'error', signal: AbortSignal.any(signals) });
        const text = await readBounded(response, limits.maxMegabytes, name);
        if (response.ok) return text;
        throw new QueryError(422, `${name} rejected the query: ${reasonIn(text)}`);
      } catch (error) {
        throw toQueryError(error, name, limits.timeoutMs);
      } finally {
        inFlight -= 1;
      }
    },
  };
}

async function readBounded(response: Response, megabytes: number, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > megabytes * 1024 * 1024) {
      throw new QueryError(502, `${name} returned more than ${megabytes} MiB.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Prometheus responds with JSON that has the reason, Loki with plain text. */
function reasonIn(text: string): string {
  try {
    return z.object({ error: z.string() }).parse(JSON.parse(text)).error.slice(0, 500).trim();
  } catch {
    return text.slice(0, 500).trim();
  }
}

function toQueryError(error: unknown, name: string, timeoutMs: number): QueryError {
  if (error instanceof QueryError) return error;
  const options = { cause: error };
  if ((error as { name?: string }).name === 'TimeoutError') {
    const message = `${name} did not respond within ${timeoutMs / 1_000} s.`;
    return new QueryError(504, message, options);
  }
  return new QueryError(502, `${name} is unreachable. Is it running?`, options);
}
