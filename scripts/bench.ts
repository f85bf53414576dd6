// `npm run bench -- <name>`: measures, and prints figures and ratios of one run. It judges nothing.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMain } from '@watchkeeper/drills/command/main';
import { StackError } from '@watchkeeper/stack';

const folder = join(import.meta.dirname, '../tools/bench/src');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
const [name = '', ...parameters] = process.argv.slice(2);

await runMain(async () => {
  if (!names.includes(name)) {
    const usage = `Usage: npm run bench -- <${names.join('|')}>`;
    throw new StackError(`Expected a benchmark, got \`${name}\`. ${usage}`, { exitCode: 2 });
  }
  const { run } = (await import(pathToFileURL(join(folder, `${name}.ts`)).href)) as {
    run(parameters: string[]): Promise<void>;
  };
  await run(parameters);
  return 0;
});
