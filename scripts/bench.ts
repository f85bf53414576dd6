// `npm run bench -- <name>`: measures, and prints figures and ratios of one run. It judges nothing.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../tools/bench/src');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -3));
const [name = '', ...rest] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(
    `Expected a benchmark, got \`${name}\`. Usage: npm run bench -- <${names.join('|')}>`,
  );
  process.exit(2);
}
const { run } = (await import(join(folder, `${name}.ts`))) as {
  run(parameters: string[]): Promise<void>;
};
await run(rest);
