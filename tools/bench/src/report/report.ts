import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { markdownTable } from '@watchkeeper/drills/command/markdown-table';

export type Report = ReturnType<typeof createReport>;

/** Creates a report in Markdown that is printed as it grows. */
export function createReport() {
  const parts: string[] = [];
  function add(part: string): void {
    parts.push(part);
    console.log(`${part}\n`);
  }
  return {
    paragraph: add,
    table: (...parameters: Parameters<typeof markdownTable>) => add(markdownTable(...parameters)),
    /** Replaces what stands between the markers of that name in a page. */
    writeInto(page: string, name = 'measured'): void {
      const between = new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*(<!-- ${name}:end -->)`);
      const content = `${parts.join('\n\n')}\n`;
      const text = readFileSync(page, 'utf8');
      writeFileSync(
        page,
        text.replace(between, (_, begin, end) => `${begin}${content}${end}`),
      );
    },
  };
}

/** The date, the command, the machine and its load so far: call it before the measurement. */
export function describeMachine(command: string, conditions: string): string {
  const [processor] = cpus();
  const load = loadavg().map((each) => each.toFixed(1));
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench -- ${command}\`: ` +
    `${cpus().length} cores of ${processor?.model.trim()}, ${conditions}. ` +
    `Load average before the start (1, 5, 15 minutes): ${load.join(', ')}.`
  );
}

/** A whole number with separators. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** A query as the cell of a table. */
export function formatQuery(query: string): string {
  return `\`${query.replace(/\s+/g, ' ').replaceAll('|', '\\|')}\``;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
