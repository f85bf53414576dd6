import { describe, expect, test } from '@jest/globals';
import { sendRaw } from '@watchkeeper/testing/raw-request';
import { edgeOf, type Target } from '../target.ts';

/** Spellings of what the edge must not serve. */
const spellings = [
  '/metrics',
  '/metrics/',
  '//metrics',
  '/METRICS',
  '/%6detrics',
  '/./metrics',
  '/api/v1/../../metrics',
  '/api/v1/%2e%2e/%2e%2e/metrics',
  '/api/v1/..%2f..%2fmetrics',
  '/api/v1/restaurants/..%5c..%5cmetrics',
  '/api/v1/restaurants/../../../faults',
  '/faults',
  '/health/db',
  '/health/pool',
  '/health%2fdb',
  '/sms/messages',
  '/api/v1/../sms/messages',
  'http://api:9090/metrics',
  'http://169.254.169.254/latest/meta-data/',
  '/api/v1/outbox/dead',
  '/api/v1/%6futbox/dead',
  '/api/v1/outbox/dead/',
  '//api/v1/outbox/dead',
  '/api/v1/restaurants;/../outbox/dead',
];

/** Other names for closed paths, and methods that nobody needs. */
export function describePaths(target: Target): void {
  describe('paths', () => {
    test.each(spellings)('%s leads nowhere', async (path) => {
      const { status, body } = await sendRaw(edgeOf(target), path);
      expect([400, 401, 404]).toContain(status);
      expect(String(body)).not.toMatch(/_total|"messages"|"items"/);
    });

    test.each(['TRACE', 'CONNECT', 'PROPFIND', 'DEBUG'])('%s is refused', async (method) => {
      const path = method === 'CONNECT' ? 'api:9090' : '/api/v1/restaurants';
      const { status } = await sendRaw(edgeOf(target), path, { method }).catch(() => ({
        status: 400,
      }));
      expect([400, 404, 405, 501]).toContain(status);
    });
  });
}
