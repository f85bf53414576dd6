import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { composeFiles } from '@watchkeeper/stack/compose-file';
import { parseAllDocuments } from 'yaml';

/** YAML that does not parse, with its position; containers would only restart again and again. */
export function yamlFaults(root: string): string[] {
  const names = readdirSync(join(root, 'monitoring'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml') && !name.includes('node_modules'))
    .map((name) => `monitoring/${name}`);
  return [...composeFiles, ...names].flatMap((name) => {
    const documents = parseAllDocuments(readFileSync(join(root, name), 'utf8'), { merge: true });
    const errors = Array.isArray(documents) ? documents.flatMap((document) => document.errors) : [];
    return errors.map(({ message, linePos }) => {
      const [problem = ''] = message.split('\n');
      return `${name}:${linePos?.[0].line ?? 1}: ${problem.replace(/ at line.*$/, '')}. Correct it.`;
    });
  });
}

/** A path that the engine can't mount: it separates the parts of a mount by colons. */
export function pathFaults(root: string): string[] {
  if (!root.includes(':')) return [];
  return [
    `Expected the path of the checkout to have no colon, got \`${root}\`: Docker cannot mount from it. ` +
      'Move the checkout, or use `npm start -- --native`.',
  ];
}

/** Files that the containers' users can't read. */
export function unreadableFiles(root: string, folders = ['monitoring', 'runbooks']): string[] {
  if (process.platform !== 'linux') return [];
  return folders.flatMap((folder) =>
    ['.', ...readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })]
      .filter((name) => !name.includes('node_modules'))
      .map((name) => join(folder, name))
      .filter((path) => {
        const { mode } = statSync(join(root, path));
        const wanted = statSync(join(root, path)).isDirectory() ? 0o005 : 0o004;
        return (mode & wanted) !== wanted;
      })
      .map(
        (path) =>
          `Expected \`${path}\` to be readable by every user, as containers run as their own. ` +
          `Run \`chmod o+rX ${path}\`.`,
      ),
  );
}
