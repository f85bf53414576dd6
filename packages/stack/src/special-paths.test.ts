import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { parse } from 'yaml';
import { countShipped, waitUntilLoaded } from './loaded.ts';
import { startStack } from './stack.ts';

// Real programs start, on a machine that may be busy.
jest.setTimeout(120_000);

afterAll(removeTemporaryFolders);

test.each([
  '[work] {a,b} *?',
  'a #1: b, c',
  `it's "quoted" \\ \`tick\``,
  `$HOME \${PATH} %s & ; !`,
  '- ünïcödé ☃ @ ~',
])('below a folder `%s` all rules, targets and templates are loaded', async (name) => {
  const stateFolder = join(makeTemporaryFolder('paths'), name, 'state');
  mkdirSync(stateFolder, { recursive: true });
  const stack = await startStack({
    stateFolder,
    ports: 'free',
    components: ['prometheus', 'alertmanager', 'postgres'],
  });
  try {
    expect(stack.state.loaded?.rules).toBeGreaterThan(100);
    expect(stack.state.loaded?.targets).toBeGreaterThanOrEqual(2);
    const log = readFileSync(join(stateFolder, 'logs', 'alertmanager.out.log'), 'utf8');
    expect(log).not.toMatch(/level=ERROR/i);
    const status = await fetch(`${stack.address('alertmanager')}/api/v2/status`);
    const { config } = (await status.json()) as { config: { original: string } };
    expect((parse(config.original) as { templates: string[] }).templates[0]).toMatch(
      /alertmanager\/templates\/\*\.tmpl$/,
    );
  } finally {
    await stack.stop();
  }
});

test('a start that loads less than was shipped fails, and says how much', async () => {
  const stateFolder = join(makeTemporaryFolder('paths'), 'state');
  const stack = await startStack({ stateFolder, ports: 'free', components: ['prometheus'] });
  try {
    const folder = join(stateFolder, 'config/prometheus');
    expect(stack.state.loaded).toEqual(countShipped(folder));
    await expect(waitUntilLoaded(folder, 'http://127.0.0.1:9', 300)).rejects.toThrow(
      /^Expected Prometheus to load \d+ rules and \d+ targets of .*, got 0 and 0: /,
    );
  } finally {
    await stack.stop();
  }
});
