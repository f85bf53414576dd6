import { once } from 'node:events';
import { Agent, request as httpRequest, METHODS } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRouting } from './routing/file.ts';
import { json } from './testing/fake-service.ts';
import { type RunningGateway, startGateway } from './testing/running-gateway.ts';

let gateway: RunningGateway;
let authorization: string;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

beforeAll(async () => {
  const factors = { ADDRESS_LIMIT_FACTOR: '10000', USER_LIMIT_FACTOR: '10000' };
  gateway = await startGateway({ environment: factors });
  authorization = await gateway.signIn();
  // Else the gateway itself would rightly not be ready.
  for (const service of [gateway.api, gateway.realtime]) {
    const { handle } = service;
    service.handle = (each, response) =>
      each.url === '/ready' ? json(response, 200, { status: 'up' }) : handle(each, response);
  }
});

afterAll(async () => {
  agent.destroy();
  await gateway.stop();
});

// All that a client of Node lets out.
const codes = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f);
const latin = fc.string({ unit: codes.map((code) => String.fromCharCode(code)) });
const routed = readRouting(fileURLToPath(new URL('../routes.yml', import.meta.url))).routes;
const own = ['/health', '/ready'];
const stems = [...routed.map(({ path }) => path.replace(/\/\*$/, '')), ...own, ''];
const rest = fc.oneof(fc.constant(''), latin);
const path = fc
  .tuple(fc.constantFrom(...stems), rest)
  .map(([stem, rest]) => (stem === '' || rest !== '' ? `${stem}/${rest}` : stem));
const names = [
  ...['accept', 'accept-language', 'connection', 'cookie', 'expect', 'if-none-match', 'origin'],
  ...['range', 'te', 'upgrade', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-request-id'],
  ...['content-type', 'traceparent', 'baggage', 'sec-websocket-key', 'x-other', '__proto__'],
];
const value = fc.oneof(latin, fc.constantFrom('websocket', '100-continue', 'upgrade', 'close', ''));
const headers = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });
const anyMethod = fc.constantFrom(...METHODS.filter((name) => name !== 'CONNECT'));
// Half of the requests are GET, else a route that takes nothing else is missed now and then.
const method = fc.oneof(fc.constant('GET'), anyMethod);

/** The status of the answer; 0 where the connection was closed without one. */
async function send(input: {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
  isKnown: boolean;
}): Promise<number> {
  const { hostname, port } = new URL(gateway.base);
  const { method, path, body } = input;
  const headers = { ...input.headers, ...(input.isKnown ? { authorization } : {}) };
  const outgoing = httpRequest({ hostname, port, agent, method, path, headers });
  outgoing.setTimeout(5_000, () => outgoing.destroy(new Error('No answer.')));
  const upgraded = once(outgoing, 'upgrade').then(([, socket]) => {
    socket.destroy();
    return 101;
  });
  upgraded.catch(() => {});
  const answered = once(outgoing, 'response').then(([answer]) => {
    answer.resume();
    return answer.statusCode as number;
  });
  outgoing.end(body);
  return Promise.race([upgraded, answered]);
}

test('answers random input without a 5xx or a new route label', async () => {
  const body = fc.uint8Array({ maxLength: 200 });
  const input = fc.record({ method, path, headers, body, isKnown: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(input, async (each) => {
      const status = await send(each);
      expect(status).toBeGreaterThanOrEqual(100);
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 1_500 },
  );
  const metrics = await gateway.telemetry.renderMetrics();
  const routes = new Set([...metrics.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
  const known = [...routed.map(({ path }) => path), ...own, 'unmatched'];
  expect(routes).toEqual(new Set(known));
  expect(gateway.linesOf('process_crashed')).toEqual([]);
}, 60_000);
