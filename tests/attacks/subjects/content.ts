import { beforeAll, describe, expect, test } from '@jest/globals';
import { sendRaw } from '@watchkeeper/testing/raw-request';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type Person, signUp } from '../people.ts';
import { edgeOf, send, type Target } from '../target.ts';

const script = '<script>alert(1)</script><img src=x onerror=alert(1)>';

/** Files that are not what they say, by content type and content. */
const uploads: [string, string, string][] = [
  ['a page as a picture', 'image/png', `<html>${script}</html>`],
  ['a page', 'text/html', script],
  ['a drawing with a script', 'image/svg+xml', `<svg onload="alert(1)"/>`],
  ['a program', 'application/x-msdownload', 'MZ\u0090'],
  ['nothing', 'image/png', ''],
  ['a page behind the first bytes of another picture', 'image/png', `\u00ff\u00d8\u00ff${script}`],
];

/** Markup, forged log lines, files, frames. */
export function describeContent(target: Target): void {
  describe('content', () => {
    let person: Person;
    beforeAll(async () => {
      person = await signUp(target);
    });

    test.each(['gateway', 'oncall'])(
      'no page frames %s, and its types are not guessed',
      async (app) => {
        const { headers } = await send(target.address(app) ?? '', '/');
        expect(headers['x-content-type-options']).toBe('nosniff');
        const policy = headers['content-security-policy'] ?? '';
        expect(policy).not.toContain('unsafe-eval');
        expect(headers['x-frame-options'] === 'DENY' || policy.includes('frame-ancestors')).toBe(
          true,
        );
      },
    );

    test('markup in a name comes back as data, never as a page', async () => {
      const changed = await person.call('PATCH', '/users/me', { displayName: script });
      expect([200, 422]).toContain(changed.status);
      const { headers } = await person.call('GET', '/users/me');
      expect(headers['content-type']).toMatch(/^application\/json/);
      const missing = await send(edgeOf(target), `/${encodeURIComponent(script)}`);
      expect(missing.headers['content-type']).toMatch(/^application\/json/);
    });

    test.each(uploads)('%s is no attachment', async (_, type, text) => {
      const answer = await fetch(`${edgeOf(target)}/api/v1/attachments`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${person.accessToken}`,
          ...{ 'content-type': type, 'x-file-name': encodeURIComponent('../../etc/passwd') },
        },
        body: Buffer.from(text, 'latin1'),
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    });

    test('no input starts a log line, ends one, or colours a terminal', async () => {
      const marker = `forged-${Date.now()}`;
      const forged = `${marker}","level":"fatal","x":"`;
      await sendRaw(
        edgeOf(target),
        `/api/v1/restaurants/${encodeURIComponent(`${marker}\r\n{"level":"fatal"}`)}`,
        {
          headers: { 'user-agent': `${forged}\u001b[2J`, 'x-request-id': forged },
        },
      ).catch(() => {
        // Node refuses to send some of it; the rest follows.
      });
      await send(edgeOf(target), `/api/v1/restaurants/${marker}%0d%0a%1b%5b2J`);
      await waitUntil('the line of the second request', async () => {
        const lines = await target.readLog('api');
        return lines.some((line) => line.includes(marker));
      });
      for (const app of ['gateway', 'api']) {
        // The last line may be on its way.
        for (const line of (await target.readLog(app)).slice(0, -1)) {
          expect(JSON.parse(line)).toMatchObject({ level: expect.not.stringMatching('fatal') });
          expect(line).not.toContain('\u001b');
        }
      }
    });

    test.each([
      ['a message of a hundred thousand letters', 'x'.repeat(100_000)],
      ['no JSON', '{'],
      ['an unknown type', '{"type":"admin.shutdown","data":{}}'],
      ['a prototype', '{"type":"__proto__","data":{"__proto__":{"admin":true}}}'],
    ])('a WebSocket takes no harm from %s', async (_, message) => {
      const address = edgeOf(target).replace(/^http/, 'ws');
      const socket = new WebSocket(`${address}/ws?access_token=${person.accessToken}`);
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error('Expected the WebSocket to open.'));
      });
      const answered = new Promise<string>((resolve) => {
        socket.onmessage = ({ data }) => {
          if (!String(data).includes('"welcome"')) resolve(String(data));
        };
        socket.onclose = ({ code }) => resolve(String(code));
      });
      socket.send(message);
      expect(await answered).toMatch(/^(1003|1007|1008|1009|4\d{3})$|"error"/);
      socket.close();
      const isWell = async () => (await person.call('GET', '/users/me')).status === 200;
      await waitUntil('an answer to others', isWell);
    });

    test('no WebSocket opens without a token, or with one in vain', async () => {
      const headers = {
        ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      };
      for (const path of ['/ws', '/ws?access_token=x', '/ws?access_token=']) {
        expect([path, (await sendRaw(edgeOf(target), path, { headers })).status]).toEqual([
          path,
          401,
        ]);
      }
    });
  });
}
