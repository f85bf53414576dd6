import { describe, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import type { Context } from '../context.ts';

/** The image of Galley's apps. */
export function describeImage({ system }: Context): void {
  const execute = (...command: string[]) =>
    system.docker('exec', system.container('api'), ...command);

  describe('the image of the apps', () => {
    test('holds what production needs, and no test', async () => {
      const packages = await execute('ls', '/galley/node_modules/.pnpm');
      expect(packages).toMatch(/^express@/m);
      expect(packages).not.toMatch(/^(jest|typescript|@biomejs|testcontainers)[@+]/m);
      expect(await execute('find', '/galley/apps', '-name', '*.test.ts')).toBe('');
    });

    test('shuts down by itself on SIGTERM', async () => {
      const container = system.container('api');
      await system.docker('restart', container);
      const lines = await system.docker('logs', container);
      const stopped = lines.split('\n').find((line) => line.includes('"server_stopped"'));
      expect(JSON.parse(stopped ?? '{}')).toMatchObject({ reason: 'SIGTERM', level: 'info' });
      await waitUntil(
        'the api again',
        async () => (await system.state('api')).endsWith('healthy'),
        150_000,
      );
    }, 200_000);
  });
}
