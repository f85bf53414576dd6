import { counter, gauge, histogram } from './types.ts';

const caches = { atMost: 20 } as const;
const results = ['success', 'not_found', 'error'] as const;
// 2 s is the limit of the alert `ObjectStoreSlow`, so it must be a bucket boundary.
const transferSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

/** Metrics of caches and object stores. Source: the project's telemetry contract. */
export const storeMetrics = {
  cache_hits_total: counter('Look-ups that the cache answered.', { cache: caches }),
  cache_misses_total: counter('Look-ups that the cache could not answer.', { cache: caches }),
  cache_size_bytes: gauge('Size of what the cache holds, as the cache calculates it.', {
    cache: caches,
  }),
  cache_entries: gauge('Entries the cache holds.', { cache: caches }),
  s3_upload_duration_seconds: histogram(
    'Time an upload to the object store took, by outcome.',
    { result: results },
    transferSeconds,
    { exemplars: true },
  ),
  s3_download_duration_seconds: histogram(
    'Time a download from the object store took to its last byte, by outcome.',
    { result: results },
    transferSeconds,
    { exemplars: true },
  ),
} as const;
