import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import fc from 'fast-check';
import { startAiProvider, type TestAiProvider } from './testing/ai-provider.ts';
import { hostileBody, hostilePart, hostileText } from './testing/hostile.ts';
import { type RunningApi, type SignedIn, startApi } from './testing/running-api.ts';
import { startSmsProvider, type TestSmsProvider } from './testing/sms-provider.ts';

const folder = makeTemporaryFolder('hostile');
let api: RunningApi;
let ai: TestAiProvider;
let sms: TestSmsProvider;
let user: SignedIn;

beforeAll(async () => {
  [ai, sms] = [await startAiProvider(), await startSmsProvider()];
  api = await startApi({
    environment: {
      OBJECT_STORE_FOLDER: folder,
      AI_BASE_URL: ai.url,
      SMS_URL: sms.url,
      // A message that is late would be a failure of ours.
      SMS_TIMEOUT_MS: '60000',
    },
  });
  user = await api.signIn('customer');
}, 120_000);

afterAll(async () => {
  await api.stop();
  ai.stop();
  sms.stop();
  removeTemporaryFolders();
});

const phone = '+14155550132';
const password = 'correct horse battery';
const device = { deviceId: 'phone', deviceName: 'Phone' };
const registrationId = 'A'.repeat(43);
const id = '00000000-0000-4000-8000-000000000000';

const bodies: [string, string, Readonly<Record<string, unknown>>][] = [
  ['POST', '/auth/register', { phone, password, displayName: 'Ada', role: 'customer' }],
  ['POST', '/auth/verify', { phone, registrationId, code: '123456', ...device }],
  ['POST', '/auth/otp', { phone, registrationId }],
  ['POST', '/auth/login', { phone, password, ...device }],
  ['POST', '/auth/refresh', { refreshToken: 'a token' }],
  ['PUT', '/auth/password', { currentPassword: password, newPassword: password }],
  ['PATCH', '/users/me', { displayName: 'Ada', bio: 'Eats.', avatarUrl: null, timeZone: 'UTC' }],
  ['PUT', '/users/me/privacy', { phoneVisible: true, profileVisible: true, lastSeenVisible: true }],
  ['POST', '/assistant/questions', { question: 'Where is it?', orderId: id }],
];

const runs = { numRuns: 40 };

async function ask(path: string, init: RequestInit): Promise<number> {
  const headers = { ...user.headers, ...init.headers };
  const response = await fetch(`${api.base}/api/v1${path}`, { ...init, headers });
  await response.arrayBuffer();
  return response.status;
}

test.each(bodies)(
  '%s %s answers any body without failing',
  async (method, path, fields) => {
    await fc.assert(
      fc.asyncProperty(hostileBody(fields), async (body) => {
        const headers = { 'content-type': 'application/json' };
        const status = await ask(path, { method, headers, body: JSON.stringify(body) });
        expect(status).toBeLessThan(500);
      }),
      runs,
    );
  },
  60_000,
);

test.each([
  ['GET', '/auth/logins?limit=?'],
  ['DELETE', '/auth/sessions/?'],
  ['GET', '/users/?'],
  ['PUT', '/users/me/blocked/?'],
  ['DELETE', '/users/me/blocked/?'],
  ['GET', '/attachments/?'],
])('%s %s answers any value in its place without failing', async (method, template) => {
  await fc.assert(
    fc.asyncProperty(hostilePart, async (part) => {
      const path = `${template.slice(0, -1)}${part}`;
      expect(await ask(path, { method })).toBeLessThan(500);
    }),
    runs,
  );
});

test('POST /attachments answers any file, type and name without failing', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const file = fc.oneof(
    bytes,
    bytes.map((rest) => Buffer.concat([Buffer.from('%PDF-'), rest])),
  );
  const type = fc.constantFrom('image/png', 'application/pdf', 'text/html', 'image/', ';');
  const name = hostileText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 900));
  await fc.assert(
    fc.asyncProperty(file, type, name, hostilePart, async (content, type, name, orderId) => {
      const headers = { 'content-type': type, 'x-file-name': name };
      const query = `?orderId=${orderId}`;
      for (const suffix of ['', query]) {
        const body = new Uint8Array(content);
        const status = await ask(`/attachments${suffix}`, { method: 'POST', headers, body });
        expect(status).toBeLessThan(500);
      }
    }),
    runs,
  );
});

test('answers any Authorization header and any body that is no JSON without failing', async () => {
  const header = fc.string({ unit: 'grapheme-ascii', maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(header, hostileText, async (authorization, body) => {
      const headers = { authorization: authorization.trim(), 'content-type': 'application/json' };
      const answers = [
        ask('/users/me', { headers }),
        ask('/auth/login', { method: 'POST', headers, body: body.toWellFormed() }),
      ];
      for (const status of await Promise.all(answers)) expect(status).toBeLessThan(500);
    }),
    runs,
  );
});

// The last one: it looks at what all others have left.
test('puts no input into a label', async () => {
  const text = await api.telemetry.renderMetrics();
  expect(text).not.toContain('telemetry_label_overflows_total{');
  const routes = new Set([...text.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
  const known = [
    ...bodies.map(([, path]) => `/api/v1${path}`),
    '/api/v1/auth/logins',
    '/api/v1/auth/sessions/:id',
    '/api/v1/users/:id',
    '/api/v1/users/me/blocked/:id',
    '/api/v1/attachments',
    '/api/v1/attachments/:id',
    '/api/v1/users/me',
    'unmatched',
  ];
  expect([...routes].filter((route) => !known.includes(String(route)))).toEqual([]);
  expect(api.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
