import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check } from '../check.ts';

/** The tracked files that a pattern of git names, without those deleted in the working tree. */
export function trackedFiles(root: string, pattern: string): string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--', pattern], {
    cwd: root,
    encoding: 'utf8',
  });
  return output.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

/** The lock file holds digests, not addresses: an address ties everybody to one mirror. */
export const lockFileCheck: Check = {
  name: 'lock file',
  async run(root) {
    const lines = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8').split('\n');
    return lines.flatMap((line, index) =>
      /https?:\/\//.test(line)
        ? [`pnpm-lock.yaml:${index + 1}: expected no address, got \`${line.trim()}\`.`]
        : [],
    );
  },
};

const linkPattern = /\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)/g;

/** Every relative link of every page leads to a file. */
export const linksCheck: Check = {
  name: 'links',
  run: async (root) =>
    trackedFiles(root, '*.md')
      .filter((file) => !file.includes('_template'))
      .flatMap((file) => {
        const text = readFileSync(join(root, file), 'utf8');
        return [...text.matchAll(linkPattern)].flatMap(([, target = '']) =>
          existsSync(join(root, dirname(file), target))
            ? []
            : [`${file}: the link \`${target}\` leads nowhere.`],
        );
      }),
};

const maxReadmeLines = 150;

/** The front page stays short enough to be read. */
export const readmeCheck: Check = {
  name: 'readme',
  async run(root) {
    const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n').length;
    if (lines <= maxReadmeLines) return [];
    return [
      `README.md: expected at most ${maxReadmeLines} lines, got ${lines}. Move text to docs/.`,
    ];
  },
};
