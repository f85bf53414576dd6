import { readFileSync, writeFileSync } from 'node:fs';

/** What a benchmark has to say, in Markdown. */
export interface Report {
  say(paragraph: string): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Puts all of it between the markers of that name in a page. */
  writeInto(page: string, name?: string): void;
}

/** Makes a report that is printed as it grows. */
export function createReport(print: (text: string) => void = console.log): Report {
  const parts: string[] = [];
  function add(part: string): void {
    parts.push(part);
    print(`${part}\n`);
  }
  return {
    say: add,
    table(head, rows) {
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
      const rule = `|${'---|'.repeat(head.length)}`;
      add([line(head), rule, ...rows.map(line)].join('\n'));
    },
    writeInto(page, name = 'measured') {
      const between = new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*(<!-- ${name}:end -->)`);
      const text = readFileSync(page, 'utf8');
      writeFileSync(
        page,
        text.replace(between, (_, begin, end) => `${begin}${parts.join('\n\n')}\n${end}`),
      );
    },
  };
}
