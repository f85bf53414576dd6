import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { parse } from 'yaml';
import type { Context } from '../context.ts';

/** Everything that can run here does, and Prometheus watches all of it. */
export function describeServices({ system, prometheus, testWith }: Context): void {
  describe('services', () => {
    for (const service of system.services) {
      test(`${service} is healthy, or has done its work`, async () => {
        expect(['running 0 healthy', 'exited 0']).toContain(await system.state(service));
      });
    }

    for (const [service, reason] of system.absent) {
      test.skip(`${service} is healthy (${reason})`, () => {});
    }

    test('Prometheus sees every component that runs', async () => {
      await waitUntil('all targets up', async () => {
        const down = await prometheus.query('up == 0');
        const unexpected = down.filter(
          ({ metric }) => !system.absent.has(metric.job?.split('-spans')[0] ?? ''),
        );
        return unexpected.length === 0 && (await prometheus.query('up == 1')).length > 5;
      });
      expect((await prometheus.query('pg_up'))[0]?.value).toBe(1);
    }, 60_000);

    test('the database is backed up, and Prometheus knows', async () => {
      await waitUntil('the first backup', async () => {
        const [done] = await prometheus.query('postgres_backup_last_attempt_succeeded');
        return done?.value === 1 && (await prometheus.query('postgres_backups > 0')).length === 1;
      });
    }, 60_000);

    test('the disk that the volumes are on is watched, without a mount of the host', async () => {
      await waitUntil('the free space of the disk', async () => {
        const free = 'instance_mountpoint:node_filesystem_available:ratio{mountpoint="/volumes"}';
        const [share] = await prometheus.query(free);
        return share !== undefined && share.value > 0 && share.value < 1;
      });
    }, 90_000);

    test('traffic flows, and is answered', async () => {
      const good = (job: string) =>
        `sum(rate(http_requests_total{job="${job}", status_code=~"2.."}[30s]))`;
      await waitUntil(
        'requests of the gateway, some of which it passes on',
        async () => {
          const [[gateway], [api]] = await Promise.all([
            prometheus.query(good('gateway')),
            prometheus.query(good('api')),
          ]);
          return (gateway?.value ?? 0) > 1 && (api?.value ?? 0) > 0;
        },
        60_000,
      );
    }, 90_000);

    testWith(['grafana'], 'Grafana takes its data sources, with the password made', async () => {
      const file = '/run/secrets/admin-password';
      const password = await system.docker('exec', system.container('grafana'), 'cat', file);
      const authorization = `Basic ${btoa(`admin:${password}`)}`;
      // Its own name: it redirects others to that.
      const base = system.url('GRAFANA_PORT').replace('127.0.0.1', 'localhost');
      const address = `${base}/api/datasources`;
      const response = await fetch(address, { headers: { authorization } });
      const sources = (await response.json()) as { uid: string }[];
      const provisioned = 'monitoring/grafana/provisioning/datasources/datasources.yml';
      const { datasources } = parse(readFileSync(join(repositoryRoot, provisioned), 'utf8')) as {
        datasources: { uid: string }[];
      };
      const uidsOf = (all: readonly { uid: string }[]) => all.map(({ uid }) => uid).sort();
      expect(uidsOf(sources)).toEqual(uidsOf(datasources));
    });

    test('Prometheus keeps metrics for a bounded time and size', async () => {
      const { storageRetention } = await prometheus.get<{ storageRetention: string }>(
        'status/runtimeinfo',
      );
      expect(storageRetention).toMatch(/^(31d|4w3d) or 5\S*GiB$/);
    });
  });
}
