import { instrumentCache, type Telemetry } from '@watchkeeper/telemetry';
import { LRUCache } from 'lru-cache';
import type { SharedAnswer } from './answer.ts';

/** Answers and the requests for them in flight; the context of a fetch sends the request. */
type AnswerCache = LRUCache<string, SharedAnswer, () => Promise<SharedAnswer>>;

/** How a look-up ended. */
export type AnswerStatus = LRUCache.Status<string, SharedAnswer, () => Promise<SharedAnswer>>;

const maxBytes = 32 * 1_048_576;
// Memory of an entry beside its body.
const overheadBytes = 1_024;

/** Creates the cache of answers; its keys start with the route's template and a space. */
export function createAnswerCache(telemetry: Telemetry, now: () => number): AnswerCache {
  const cache: AnswerCache = new LRUCache({
    max: 10_000,
    maxSize: maxBytes,
    // An answer larger than the cache reaches everybody who waits for it and is not kept.
    sizeCalculation: (answer) =>
      isCacheable(answer) ? answer.body.length + overheadBytes : maxBytes + 1,
    fetchMethod: (_key, _stale, { context: send }) => send(),
    // A stale entry stays for the time when the upstream fails.
    noDeleteOnStaleGet: true,
    noDeleteOnFetchRejection: true,
    // A request in flight may be evicted; its callers still want the answer.
    ignoreFetchAbort: true,
    perf: { now },
    ttlResolution: 0,
  });
  return instrumentCache(cache, telemetry, {
    name: 'gateway_responses',
    describeKey: (key) => key.slice(0, key.indexOf(' ')),
  });
}

/** Whether an answer is meant for everybody, whatever its route allows. */
function isCacheable({ status, headers }: SharedAnswer): boolean {
  const isPrivate = headers.some(
    ([name, value]) =>
      name === 'set-cookie' ||
      (name === 'cache-control' && /\b(private|no-store|no-cache)\b/i.test(value)) ||
      (name === 'vary' && value.includes('*')),
  );
  return status === 200 && !isPrivate;
}
