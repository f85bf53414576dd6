import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { assignPorts } from './ports.ts';

const servers: Server[] = [];

async function occupy(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

afterEach(async () => {
  const closed = servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)));
  await Promise.all(closed);
});

describe('assignPorts', () => {
  test('gives every request a number of its own', async () => {
    const requests = Array.from({ length: 20 }, (_, index) => ({
      component: `c${index}`,
      name: 'http',
    }));
    const ports = await assignPorts(requests);
    expect(new Set(ports).size).toBe(20);
    expect(Math.min(...ports)).toBeGreaterThan(1_024);
    // From there on the kernel assigns them to processes that ask for any port.
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  test('gives a wanted number that is free', async () => {
    const [wanted = 0] = await assignPorts([{ component: 'any', name: 'http' }]);
    expect(
      await assignPorts([
        { component: 'any', name: 'http' },
        { component: 'prometheus', name: 'http', wanted },
      ]),
    ).toContain(wanted);
  });

  test('lists all busy ports in one error with the exit code 2', async () => {
    const [first, second] = [await occupy(), await occupy()].sort((left, right) => right - left);
    const requests = [
      { component: 'prometheus', name: 'http', wanted: first ?? 0, variable: 'PROMETHEUS_PORT' },
      { component: 'grafana', name: 'http', wanted: second ?? 0, variable: 'GRAFANA_PORT' },
    ];
    await expect(assignPorts(requests)).rejects.toMatchObject({
      exitCode: 2,
      message:
        `Expected port ${first} to be free for prometheus, but another program listens on it. ` +
        'Set `PROMETHEUS_PORT` in the environment or in .env to change it.\n' +
        `Expected port ${second} to be free for grafana, but another program listens on it. ` +
        'Set `GRAFANA_PORT` in the environment or in .env to change it.',
    });
  });
});
