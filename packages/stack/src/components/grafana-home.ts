import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

// Of distributions, Homebrew on both kinds of Mac and on Linux, and by hand.
const usualHomes = [
  '/usr/share/grafana',
  '/usr/local/share/grafana',
  '/opt/grafana',
  '/usr/local/grafana',
  '/opt/homebrew/opt/grafana/share/grafana',
  '/usr/local/opt/grafana/share/grafana',
  '/home/linuxbrew/.linuxbrew/opt/grafana/share/grafana',
];
const maximumWrapperBytes = 64 * 1024;
// A wrapper of a wrapper; more are a loop.
const maximumWrappers = 3;

// The archive has `bin/grafana` in its home; packages have `share/grafana` beside `bin`.
function homesAround(program: string): string[] {
  const parent = dirname(dirname(program));
  return [parent, join(parent, 'share', 'grafana'), join(parent, 'libexec')];
}

/** The text of a script that starts another program; empty for a binary, or what nobody may read. */
function readWrapper(program: string): string {
  try {
    if (statSync(program).size > maximumWrapperBytes) return '';
    const text = readFileSync(program, 'utf8');
    return text.startsWith('#!') ? text : '';
  } catch {
    return '';
  }
}

// Quoted they may have spaces; `$0` and its like stand for the script's own folder.
const absolutePath = /(?<=")\/[^"$\n]+(?=")|(?<=')\/[^'\n]+(?=')|(?<=^|[\s"'=])\/[^\s"'$;]+/g;

/** The paths in a wrapper, and in the wrappers that it runs. */
function pathsInWrapper(program: string, depth = maximumWrappers): string[] {
  if (depth === 0) return [];
  const paths = [...readWrapper(program).matchAll(absolutePath)].map(([path]) => path);
  return paths.flatMap((path) => [path, ...pathsInWrapper(path, depth - 1)]);
}

function follow(path: string): string[] {
  return existsSync(path) ? [path, realpathSync(path)] : [path];
}

// Grafana itself refuses a home without this file.
function isHome(folder: string): boolean {
  return existsSync(join(folder, 'conf', 'defaults.ini'));
}

/**
 * Grafana's home, the folder with its web pages and defaults; undefined where it is in none of the usual
 * places: a wrapper may know it.
 */
export function findGrafanaHome(
  program: string,
  { GF_PATHS_HOME }: NodeJS.ProcessEnv,
  usual = usualHomes,
): string | undefined {
  const wrapped = pathsInWrapper(program);
  const programs = [program, ...wrapped].flatMap(follow);
  const candidates = [
    ...(GF_PATHS_HOME ? [GF_PATHS_HOME] : []),
    ...programs.flatMap(homesAround),
    ...wrapped,
  ];
  return [...candidates, ...usual].find(isHome);
}
