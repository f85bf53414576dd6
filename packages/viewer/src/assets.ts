import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface Asset {
  readonly path: string;
  readonly type: 'js' | 'css';
  readonly content: string;
}

const chartLibrary = '/dashboards/assets/uplot.js';

/** The files below `/dashboards/assets`. */
export function readAssets(): readonly Asset[] {
  const library = dirname(createRequire(import.meta.url).resolve('uplot'));
  const readLibrary = (file: string) => readFileSync(join(library, file), 'utf8');
  return [
    { path: '/uplot.js', type: 'js', content: readLibrary('uPlot.esm.js') },
    { path: '/uplot.css', type: 'css', content: readLibrary('uPlot.min.css') },
    { path: '/dashboards.css', type: 'css', content: read('./dashboards.css') },
    ...['client', 'model'].flatMap(scriptsOf),
  ];
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/**
 * The page's own scripts, without their types: the same stripping that runs the server, so there
 * is nothing to build. The policy allows no import map, so the library's name becomes its address.
 */
function scriptsOf(folder: string): Asset[] {
  // Not imported: the test runner has a `node:module` of its own, without it.
  const { stripTypeScriptTypes } = process.getBuiltinModule('node:module');
  return readdirSync(new URL(folder, import.meta.url))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
    .map((file) => ({
      path: `/${folder}/${file}`,
      type: 'js',
      content: stripTypeScriptTypes(read(`./${folder}/${file}`)).replaceAll(
        "from 'uplot'",
        `from '${chartLibrary}'`,
      ),
    }));
}
