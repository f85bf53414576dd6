import { describe, expect, test } from '@jest/globals';
import { foreignRequests, sendExactly } from '@watchkeeper/testing/foreign-page';
import type { Target } from '../target.ts';

// Each as a person or a program of the system uses it.
const pages = [
  ['oncall', '/'],
  ['prometheus', '/api/v1/query?query=up'],
  ['alertmanager', '/api/v2/silences'],
  ['loki', '/loki/api/v1/labels'],
  ['jaeger', '/api/services'],
] as const;

const silence = JSON.stringify({
  matchers: [{ name: 'alertname', value: '.+', isRegex: true, isEqual: true }],
  startsAt: new Date().toISOString(),
  endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  createdBy: 'attacker',
  comment: 'all quiet',
});

/** What the page of any other site can do through the browser of somebody on call. */
export function describeForeignPages(target: Target): void {
  describe('pages of other sites', () => {
    test.each(pages)('get nothing from %s, which answers its own', async (component, path) => {
      const address = target.address(component);
      // Loki and Jaeger run where their programs are.
      if (address === undefined) return;
      expect((await fetch(address + path)).status).toBe(200);
      for (const [title, status, headers] of foreignRequests(address)) {
        const answer = await sendExactly(address, { method: 'POST', path, headers });
        expect([title, answer.status]).toEqual([title, status]);
        expect(answer.text).not.toMatch(/^access-control-allow/im);
      }
    });

    test('silence nothing, not even with a preflight', async () => {
      const address = target.address('alertmanager') ?? '';
      const origin = 'https://attacker.example';
      const preflight = await fetch(`${address}/api/v2/silences`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
      const headers = { origin, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: silence };
      expect((await fetch(`${address}/api/v2/silences`, init)).status).toBe(403);
      const silences = (await (await fetch(`${address}/api/v2/silences`)).json()) as {
        createdBy: string;
      }[];
      expect(silences.filter(({ createdBy }) => createdBy === 'attacker')).toEqual([]);
    });

    test('load no picture or frame of the monitoring stack, but a link opens it', async () => {
      const address = target.address('prometheus') ?? '';
      const host = ['host', new URL(address).host] as const;
      const site = ['sec-fetch-site', 'cross-site'] as const;
      const get = async (mode: string, dest: string) => {
        const headers = [host, site, ['sec-fetch-mode', mode], ['sec-fetch-dest', dest]] as const;
        return (await sendExactly(address, { path: '/-/healthy', headers })).status;
      };
      expect(await get('no-cors', 'image')).toBe(403);
      expect(await get('cors', 'empty')).toBe(403);
      expect(await get('navigate', 'iframe')).toBe(403);
      expect(await get('navigate', 'document')).toBe(200);
    });

    test('stop, flush or empty no Loki', async () => {
      const address = target.address('loki');
      if (address === undefined) return;
      for (const path of [
        '/ingester/shutdown',
        '/flush',
        '/loki/api/v1/delete',
        '/loki/api/v1/%64elete',
        '/loki/api/v1/rules/ours',
        '/config',
        '//flush',
      ]) {
        const answer = await fetch(address + path, { method: 'POST' });
        expect([path, answer.status]).toEqual([path, 403]);
      }
    });
  });
}
