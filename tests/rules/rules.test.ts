import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { findPromtool } from '@watchkeeper/stack';
import { parse } from 'yaml';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '../../monitoring/prometheus/rules');
const files = readdirSync(folder).filter((file) => file.endsWith('.test.yml'));
let promtool: string;

beforeAll(async () => {
  // On a fresh machine this fetches the tool.
  promtool = await findPromtool();
}, 300_000);

function escapeForRegularExpression(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

describe.each(files)('%s', (file) => {
  const { tests } = parse(readFileSync(join(folder, file), 'utf8')) as {
    tests: { name: string }[];
  };

  test.each(tests.map(({ name }) => name))('%s', async (name) => {
    const pattern = `^${escapeForRegularExpression(name)}$`;
    const { stdout } = await run(promtool, ['test', 'rules', '--run', pattern, file], {
      cwd: folder,
    });
    expect(stdout).toContain('SUCCESS');
  });
});
