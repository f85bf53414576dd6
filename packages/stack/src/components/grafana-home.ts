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

// The archive has `bin/grafana` in its home; packages have `share/grafana` beside `bin`.
function homesAround(program: string): string[] {
  const parent = dirname(dirname(program));
  return [parent, join(parent, 'share', 'grafana'), join(parent, 'libexec')];
}

/** The absolute paths in a script that starts another program. */
function pathsInWrapper(program: string): string[] {
  if (statSync(program).size > maximumWrapperBytes) return [];
  const text = readFileSync(program, 'utf8');
  if (!text.startsWith('#!')) return [];
  return [...text.matchAll(/(?<=^|[\s"'=])\/[^\s"'$;]+/g)].map(([path]) => path);
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
  const programs = [program, realpathSync(program), ...wrapped];
  const candidates = [
    ...(GF_PATHS_HOME ? [GF_PATHS_HOME] : []),
    ...programs.flatMap(homesAround),
    ...wrapped,
  ];
  return [...candidates, ...usual].find(isHome);
}
