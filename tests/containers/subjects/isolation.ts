import { describe, expect, test } from '@jest/globals';
import { appNames, secretReaders } from '@watchkeeper/stack/compose-file';
import type { Context } from '../context.ts';

/** Ports, networks and secrets. */
export function describeIsolation({ system }: Context): void {
  const appImage = system.model.services.api?.image ?? '';
  // From a container of its own, as an intruder on that network would.
  const request = (network: string, url: string) =>
    system.docker(
      ...['run', '--rm', '--network', system.network(network), '--entrypoint', 'sh', appImage],
      ...['-c', `wget -S -O /dev/null -T 10 -t 1 ${url} 2>&1 || true`],
    );
  const execute = (service: string, ...command: string[]) =>
    system.docker('exec', system.container(service), ...command);

  describe('management ports', () => {
    test('no public port serves /metrics', async () => {
      for (const address of system.publicAddresses()) {
        expect([address, (await fetch(`${address}/metrics`)).status]).toEqual([address, 404]);
      }
    });

    test.each(appNames)('%s refuses them on the edge network', async (app) => {
      expect(await request('edge', `http://${app}:9090/metrics`)).toMatch(/refused/);
    });

    test('metrics need the token, even where the port answers', async () => {
      expect(await request('observability', 'http://api:9090/metrics')).toContain(
        '401 Unauthorized',
      );
      expect(await request('observability', 'http://api:9090/health')).toContain('200 OK');
    });
  });

  describe('secrets', () => {
    test('only its reader can read each, and none is in an environment', async () => {
      const listing = await execute('api', 'ls', '-ln', '/run/secrets');
      expect(listing).toMatch(/^-r-------- +1 1000 1000 +32 .* api-database-password$/m);
      const password = await execute('api', 'cat', '/run/secrets/api-database-password');
      expect(password).toHaveLength(32);
      for (const service of system.services) {
        const container = system.container(service);
        const environment = await system.docker('inspect', '-f', '{{.Config.Env}}', container);
        expect(environment).not.toContain(password);
      }
    });

    test.each(appNames)('%s has its own, and no other', async (app) => {
      const listing = (await execute(app, 'ls', '/run/secrets')).split('\n').sort();
      const own = secretReaders.filter(({ reader }) => reader === app);
      expect(listing).toEqual(own.map(({ name }) => name).sort());
    });

    test('Grafana’s password is there for Grafana’s user, and for no other', async () => {
      // As in Grafana's own container, for which there is not everywhere an image.
      const read = (user: string) =>
        system.docker(
          ...['run', '--rm', '--network=none', '--cap-drop=ALL', '--user', user],
          ...['-v', `${system.volume('grafana-secrets')}:/run/secrets:ro`],
          ...['--entrypoint', 'cat', appImage, '/run/secrets/admin-password'],
        );
      expect(await read('472:0')).toMatch(/^[\w-]{32}$/);
      await expect(read('1000:1000')).rejects.toThrow('Permission denied');
    });

    test('the containers hold no privilege', async () => {
      for (const service of system.services.filter((name) => !name.endsWith('prepare'))) {
        const status = await execute(service, 'cat', '/proc/1/status').catch(() => undefined);
        // Loki's image has no `cat`.
        if (status === undefined) continue;
        expect([service, /^CapEff:\s*0+$/m.test(status)]).toEqual([service, true]);
        expect([service, /^NoNewPrivs:\s*1$/m.test(status)]).toEqual([service, true]);
      }
    }, 90_000);
  });
}
