import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check.ts';
import { generatedFiles } from './files.ts';

/** What is generated and committed is what the generator makes today. */
export const generatedCheck: Check = {
  name: 'generated files',
  async run(root) {
    return generatedFiles().flatMap(({ path, content }) => {
      const file = join(root, path);
      const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === content;
      return isCurrent ? [] : [`${path}: differs from its source. Run \`npm run generate\`.`];
    });
  },
};
