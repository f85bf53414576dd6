// `npm run generate`: writes every committed file that is made from a source, and names what changed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles, outdatedFiles } from '@watchkeeper/checks/generators/files';

const files = generatedFiles();
const changed = outdatedFiles(files);
for (const { path, content } of changed) {
  writeFileSync(join(import.meta.dirname, '..', path), content);
  console.log(path);
}
console.log(`${changed.length} of ${files.length} generated files changed.`);
