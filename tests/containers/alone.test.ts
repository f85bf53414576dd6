import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type Context, createContext } from './context.ts';
import { findMachine, type Machine } from './machine.ts';
import { createSystem, startTimeoutMs } from './system.ts';

const root = join(import.meta.dirname, '../..');
// A command in a container takes seconds on a machine that others use as well.
jest.setTimeout(60_000);

const machine = await findMachine();
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

// A service that knows nothing of us: it serves metrics, sends a span and writes a line.
const shop = `
const { appendFileSync, mkdirSync } = require('node:fs');
const { createServer } = require('node:http');
createServer((request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end('shop_sales_total 3\\n');
}).listen(9090, 'shop.observability');
mkdirSync('/var/log/galley/shop', { recursive: true });
appendFileSync('/var/log/galley/shop/shop.log', JSON.stringify({
  time: new Date().toISOString(), level: 'info', service: 'shop', environment: 'test', msg: 'opened',
}) + '\\n');
const span = {
  traceId: '${traceId}', spanId: '00f067aa0ba902b7', name: 'open', kind: 1,
  startTimeUnixNano: Date.now() + '000000', endTimeUnixNano: Date.now() + '000001',
};
const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
const send = () => fetch('http://jaeger:4318/v1/traces', {
  method: 'POST', headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
}).catch(() => setTimeout(send, 500));
send();
process.on('SIGTERM', () => process.exit());
`;

/** Somebody's project after docs/copying-the-stack.md, with the stack beside its own service. */
function copyStack({ images }: Machine): string {
  const folder = makeTemporaryFolder('copied');
  for (const path of ['docker-compose.monitoring.yml', 'monitoring', 'runbooks']) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  const service = {
    image: images.find(({ variable }) => variable === 'NODE_IMAGE')?.image ?? '',
    user: '1000:1000',
    // Compose would take a dollar for a variable.
    command: ['node', '-e', shop.replaceAll('$', '$$$$')],
    volumes: ['logs:/var/log/galley'],
    networks: { default: null, observability: { aliases: ['shop.observability'] } },
    healthcheck: { test: ['CMD', 'true'], interval: '1s' },
    depends_on: { prepare: { condition: 'service_completed_successfully' } },
  };
  const compose = { include: ['docker-compose.monitoring.yml'], services: { shop: service } };
  writeFileSync(join(folder, 'docker-compose.yml'), JSON.stringify(compose));
  const target = { targets: ['shop:9090'], labels: { job: 'shop', tier: 'service' } };
  const targets = join(folder, 'monitoring/prometheus/targets/services.yml');
  writeFileSync(targets, JSON.stringify([target]));
  return folder;
}

if ('reason' in machine) {
  test.skip(`the monitoring stack runs beside another project (${machine.reason})`, () => {});
} else {
  const folder = copyStack(machine);
  const system = await createSystem(machine, { folder, project: 'watchkeeper-copied' });
  describeCopied(createContext(system));
}

function describeCopied(context: Context) {
  const { system, prometheus, loki, jaeger, testWith } = context;

  describe('the monitoring stack beside another project', () => {
    beforeAll(() => system.up(), startTimeoutMs);
    afterAll(async () => {
      await system.down({ removeVolumes: true });
      removeTemporaryFolders();
    }, 120_000);

    test('holds nothing of Galley', () => {
      expect(Object.keys(system.model.services)).not.toContain('api');
      expect(system.publicAddresses()).toEqual([]);
    });

    test('watches its service, and knows no other', async () => {
      await waitUntil('the target', async () => {
        const [up] = await prometheus.query('up{tier="service"}');
        return up?.value === 1 && (await prometheus.query('shop_sales_total')).length === 1;
      });
      const services = await prometheus.query('up{tier="service"}');
      expect(services.map(({ metric }) => metric.job)).toEqual(['shop']);
    }, 60_000);

    testWith(['loki', 'promtail'], 'keeps its log lines', async () => {
      await waitUntil('the line', async () => (await loki.query('{service="shop"}')).length > 0);
    });

    testWith(['jaeger'], 'keeps its traces', async () => {
      await waitUntil('the trace', async () => (await jaeger.spanCount(traceId)) === 1);
    });
  });
}
