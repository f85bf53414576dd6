// `npm run generate`: writes every committed file that is made from a source, and names what changed.
import { writeOutdated } from '@watchkeeper/checks/generators/generated-file';
import { ruleFiles } from '@watchkeeper/checks/mixin/rule-files';
import { repositoryRoot as root } from '@watchkeeper/stack';

const rules = writeOutdated(root, ruleFiles(root));
// Only now: the limits on dashboards and the runbooks' index are read from the rules on disk.
const { generatedFiles } = await import('@watchkeeper/checks/generators/files');
const files = generatedFiles();
const changed = [...rules, ...writeOutdated(root, files)];
for (const { path } of changed) console.log(path);
console.log(`${changed.length} of ${files.length} generated files changed.`);
