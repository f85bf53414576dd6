import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { assignPorts } from '../ports.ts';
import { identify, isAlive, type ProcessIdentity } from '../process-identity.ts';
import type { ComponentSpec } from './component-process.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

let folder: string;
let supervisor: Supervisor | undefined;

beforeEach(() => {
  folder = makeTemporaryFolder('supervisor');
});

afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  removeTemporaryFolders();
});

const serve = `
  const server = require('node:http').createServer((request, response) => {
    response.end('not yet');
  }).listen(process.env.PORT, '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));
`;

/** A component that is a small script, ready when it serves its port. */
async function makeSpec(
  name: string,
  script: string,
  { startsAfter = [] as string[], readyTimeoutMs = 10_000, stopTimeoutMs = 5_000 } = {},
): Promise<ComponentSpec> {
  const [port = 0] = await assignPorts([{ component: name, name: 'http' }]);
  return {
    name,
    startsAfter,
    launch: () => ({
      command: process.execPath,
      args: ['-e', script],
      env: { PORT: String(port) },
    }),
    probe: { kind: 'http', url: `http://127.0.0.1:${port}/` },
    readyTimeoutMs,
    state: {
      phase: 'waiting',
      address: '',
      ports: { http: port },
      version: '1',
      restarts: 0,
      logFile: join(folder, `${name}.out.log`),
      stopSignal: 'SIGTERM',
      stopTimeoutMs,
    },
  };
}

function processOf({ state }: ComponentSpec): ProcessIdentity {
  if (!state.process) throw new Error('Expected a process, got none.');
  return state.process;
}

describe('createSupervisor', () => {
  test.each([
    ['ends at once', "console.log('bad home'); process.exit(1)", 'exited with code 1'],
    ['never gets ready', 'setInterval(() => {}, 1000)', 'to be ready within 1 s'],
  ])('an optional component that %s costs only itself', async (_, script, reason) => {
    const broken = {
      ...(await makeSpec('grafana', script, { readyTimeoutMs: 1_000 })),
      isOptional: true,
    };
    const specs = [
      await makeSpec('api', serve, { startsAfter: ['grafana'] }),
      broken,
      await makeSpec('database', serve),
    ];
    supervisor = createSupervisor(specs, () => {});
    await supervisor.start();
    expect(specs.map(({ state }) => state.phase)).toEqual(['ready', 'failed', 'ready']);
    expect(broken.state.lastExit).toContain(reason);
    expect(broken.state.lastExit).toContain(`; see ${broken.state.logFile}`);
    expect(broken.state.process).toBeUndefined();
  });

  test('starts in the order of dependencies and stops in the reverse', async () => {
    const phases: string[] = [];
    const specs = [
      await makeSpec('api', serve, { startsAfter: ['database'] }),
      await makeSpec('database', serve),
    ];
    supervisor = createSupervisor(specs, () => {
      phases.push(specs.map(({ name, state }) => `${name} ${state.phase}`).join(', '));
    });
    await supervisor.start();
    expect(phases).toContain('api waiting, database ready');
    expect(phases).not.toContain('api starting, database starting');
    const processes = specs.map(processOf);
    await supervisor.stop();
    expect(phases).toContain('api stopped, database ready');
    expect(processes.some(isAlive)).toBe(false);
  });

  test('names the last log lines of a child that dies at start, at once, and stops the rest', async () => {
    const dies = "console.log('no such table'); process.exit(3)";
    const specs = [
      await makeSpec('api', dies, { readyTimeoutMs: 600_000 }),
      await makeSpec('other', serve),
    ];
    supervisor = createSupervisor(specs, () => {});
    await expect(supervisor.start()).rejects.toThrow(
      `Expected api to stay up, but it exited with code 3. The end of \`${folder}/api.out.log\`:\n  no such table`,
    );
    expect(specs.map(({ state }) => state.process)).toEqual([undefined, undefined]);
  });

  test('names the last answer of a child that never becomes ready', async () => {
    // Answers from the first moment, while a child may take longer than that to begin.
    const server = createServer((_, response) => void response.writeHead(503).end('not yet'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const spec = await makeSpec('api', serve, { readyTimeoutMs: 1_000 });
    supervisor = createSupervisor([{ ...spec, probe: { kind: 'http', url } }], () => {});
    await expect(supervisor.start()).rejects.toThrow(
      `Expected api to be ready within 1 s, got \`503 not yet\` from \`GET ${url}\`.`,
    );
    server.close();
  });

  test('names a program that does not exist', async () => {
    const spec = await makeSpec('api', serve);
    supervisor = createSupervisor(
      [{ ...spec, launch: () => ({ command: '/no/such', args: [] }) }],
      () => {},
    );
    await expect(supervisor.start()).rejects.toThrow('Could not start api: spawn /no/such ENOENT');
  });

  test('restarts a child that dies later, and counts it', async () => {
    const spec = await makeSpec('api', serve);
    supervisor = createSupervisor([spec], () => {});
    await supervisor.start();
    const first = processOf(spec);
    supervisor.component('api').signal('SIGKILL');
    await waitUntil(() => spec.state.restarts === 1 && spec.state.phase === 'ready');
    expect(isAlive(first)).toBe(false);
    expect(isAlive(processOf(spec))).toBe(true);
    expect(spec.state.lastExit).toBe('ended by SIGKILL');
  });

  test('does not restart a stopped child', async () => {
    const spec = await makeSpec('api', serve);
    supervisor = createSupervisor([spec], () => {});
    await supervisor.start();
    await supervisor.component('api').stop();
    await sleep(500);
    expect(spec.state).toMatchObject({ phase: 'stopped', restarts: 0 });
    await supervisor.component('api').start();
    expect(spec.state.phase).toBe('ready');
  });

  test('kills a child that ignores the signal, with its descendants', async () => {
    const stubborn = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      console.log(child.pid);
      ${serve.replace('process.exit(0)', '{}')}
    `;
    const spec = await makeSpec('api', stubborn, { stopTimeoutMs: 300 });
    supervisor = createSupervisor([spec], () => {});
    await supervisor.start();
    const grandchild = Number(readFileSync(spec.state.logFile, 'utf8'));
    await supervisor.stop();
    // It is killed by then; the kernel may take a moment to remove it.
    await waitUntil(() => identify(grandchild) === undefined);
  });

  test('cancels a component that is still being prepared', async () => {
    const spec = await makeSpec('api', serve);
    const launch = async () => {
      await sleep(300);
      return spec.launch();
    };
    supervisor = createSupervisor([{ ...spec, launch }], () => {});
    const started = supervisor.start();
    const refusal = expect(started).rejects.toThrow('api was stopped during its preparation.');
    await sleep(50);
    await supervisor.stop();
    await refusal;
    expect(spec.state.process).toBeUndefined();
  });

  test('refuses a cycle', async () => {
    const specs = [
      await makeSpec('a', serve, { startsAfter: ['b'] }),
      await makeSpec('b', serve, { startsAfter: ['a'] }),
    ];
    expect(() => createSupervisor(specs, () => {})).toThrow(
      'Expected a, b to start after known components, without a cycle.',
    );
  });
});
