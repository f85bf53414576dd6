import { type Block, readPage } from '../runbooks/page.ts';

/** A part of a page that is shown at once: text, and the block that ends it. */
export interface Step {
  /** Where a section begins. */
  readonly heading?: string;
  readonly text: string;
  readonly block?: Block;
}

/** A page as somebody reads it: from block to block, and from section to section. */
export function splitIntoSteps(text: string): Step[] {
  const { blocks, lines } = readPage(text);
  const byLine = new Map(blocks.map((block) => [block.line, block]));
  const steps: Step[] = [];
  let heading: string | undefined;
  let collected: string[] = [];
  // What stands above the first section is for programs and for the browser.
  let isInside = false;

  function end(block?: Block): void {
    const said = collected.join('\n').trim();
    collected = [];
    if (said === '' && block === undefined) return;
    steps.push({ ...(heading ? { heading } : {}), text: said, ...(block ? { block } : {}) });
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
