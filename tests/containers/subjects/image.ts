import { describe, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { makeImageSbom, nameOf } from '../../attacks/sbom.ts';
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

    test('has no package that its bill of materials lacks', async () => {
      const listed = new Set((await makeImageSbom()).components.map(nameOf));
      const folders = (await execute('ls', '/galley/node_modules/.pnpm')).split('\n');
      const names = folders
        .filter((folder) => /.@\d/.test(folder))
        // A scope's slash is a plus there, and resolved peers follow an underscore or a bracket.
        .map((folder) => folder.replace('+', '/').replace(/(@\d[^_(]*)[_(].*$/, '$1'));
      expect(names.filter((name) => !listed.has(name))).toEqual([]);
    }, 120_000);

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
