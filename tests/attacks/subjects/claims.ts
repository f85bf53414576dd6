import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { sendBytes } from '@watchkeeper/testing/raw-request';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { edgeOf, send, type Target } from '../target.ts';

const faulty = ['api', 'gateway', 'worker', 'realtime', 'third-parties', 'traffic'];

/** Traces, ids and hosts that a caller claims, and a token used for more than it is for. */
export function describeClaims(target: Target): void {
  describe('claims', () => {
    test.each(['00', '01'])(
      'a stranger chooses no id and joins no trace, with the flags %s',
      async (flags) => {
        const trace = randomBytes(16).toString('hex');
        const { headers } = await send(edgeOf(target), `/api/v1/search?q=${flags}`, {
          headers: {
            ...{ traceparent: `00-${trace}-${'b'.repeat(16)}-${flags}`, tracestate: `a=${trace}` },
            ...{ 'x-request-id': trace, 'x-correlation-id': trace, baggage: `id=${trace}` },
          },
        });
        const id = headers['x-request-id'] ?? 'none';
        expect([id, headers['x-correlation-id']]).not.toContain(trace);
        const lines = await waitUntil('the line of the request', async () => {
          const all = await target.readLog('gateway');
          return all.some((line) => line.includes(id)) && all;
        });
        const own = [...lines, ...(await target.readLog('api'))];
        expect(own.filter((line) => line.includes(trace))).toEqual([]);
      },
    );

    test.each([
      ['two hosts', 'Host: x\r\nHost: y'],
      ['two equal hosts', 'Host: x\r\nhost: x'],
      ['a list of hosts', 'Host: x, y'],
      ['a host with userinfo', 'Host: x@y'],
      ['an empty host', 'Host:'],
    ])('the gateway answers 400 to %s', async (_, hosts) => {
      const head = `GET /api/v1/restaurants HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`;
      expect(await sendBytes(edgeOf(target), head)).toMatch(/^HTTP\/1\.1 400/);
    });

    test.each(faulty)('the token of scrapes injects no fault into %s', async (app) => {
      const authorization = `Bearer ${(await target.readSecret('metrics-token')).trim()}`;
      const ask = async (method: string, path: string) => {
        const request = { method, headers: { authorization } };
        return (await target.requestInside(app, 9090, path, request)).status;
      };
      expect(await ask('GET', '/metrics')).toBe(200);
      expect([await ask('GET', '/faults'), await ask('DELETE', '/faults')]).toEqual([401, 401]);
    });
  });
}
