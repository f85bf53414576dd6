import { type Block, readPage } from '../runbooks/page.ts';

/** Text that is shown at once, and the block that ends it. */
export interface Step {
  /** On the first step of a section. */
  readonly heading?: string;
  readonly text: string;
  readonly block?: Block;
}

export function splitIntoSteps(text: string): Step[] {
  const { blocks, lines } = readPage(text);
  const byLine = new Map(blocks.map((block) => [block.line, block]));
  const steps: Step[] = [];
  let heading: string | undefined;
  let collected: string[] = [];
  // The text above the first section is for programs and for the browser.
  let isInside = false;

  function end(block?: Block): void {
    const trimmed = collected.join('\n').trim();
    collected = [];
    if (trimmed === '' && block === undefined) return;
    steps.push({ ...(heading ? { heading } : {}), text: trimmed, ...(block ? { block } : {}) });
    heading = undefined;
  }

  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const block = byLine.get(index + 1);
    if (block !== undefined) {
      end(block);
      index += 1;
      while (index < lines.length && !/^\s*```\s*$/.test(lines[index] ?? '')) index += 1;
    } else if (line.startsWith('## ')) {
      end();
      isInside = true;
      heading = line.slice(3);
    } else if (isInside) collected.push(line);
  }
  end();
  return steps;
}
