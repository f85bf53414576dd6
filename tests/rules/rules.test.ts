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

/** promtool's output for the failed tests of a file, by their name. */
async function failuresOf(promtool: string, file: string): Promise<ReadonlyMap<string, string>> {
  try {
    await run(promtool, ['test', 'rules', file], { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
    return new Map();
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    const failures = [
      ...`${stdout}${stderr}`.matchAll(/^ {4}name: (.*),\n[\s\S]*?(?=^ {4}name: |$(?![\s\S]))/gm),
    ];
    // Without a test's name, promtool could not read the file itself.
    if (failures.length === 0) throw new Error(`${file}: ${stdout}${stderr}`, { cause: error });
    return new Map(failures.map(([text, name = '']) => [name, text]));
  }
}

describe.each(files)('%s', (file) => {
  const { tests } = parse(readFileSync(join(folder, file), 'utf8')) as {
    tests: { name: string }[];
  };
  let failures: ReadonlyMap<string, string>;

  beforeAll(async () => {
    // On a fresh machine this fetches the tool.
    failures = await failuresOf(await findPromtool(), file);
  }, 300_000);

  test.each(tests.map(({ name }) => name))('%s', (name) => {
    expect(failures.get(name)).toBeUndefined();
  });
});
