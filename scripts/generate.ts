// `npm run generate`: writes every committed file that is made from a source.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './generators/files.ts';

for (const { path, content } of generatedFiles()) {
  writeFileSync(join(import.meta.dirname, '..', path), content);
  console.log(path);
}
