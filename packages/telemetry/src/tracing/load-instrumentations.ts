import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const packageName = '@opentelemetry/auto-instrumentations-node';
const scheme = 'unused-instrumentation:';
// Used only for enabled instrumentations and detectors.
const optional = /^@opentelemetry\/(?:instrumentation|resource-detector)-(.+)$/;

/**
 * Loads `auto-instrumentations-node`, but of the fifty packages that it imports only what is
 * enabled: the others take 170 ms and 15 MiB to load, never to be called.
 * @param enabled as in `OTEL_NODE_ENABLED_INSTRUMENTATIONS`, such as `http,pg`
 */
export async function loadAutoInstrumentations(enabled: string) {
  const enabledNames = new Set(enabled.split(',').map((name) => name.trim()));
  const imports = new Map<string, ReadonlyMap<string, string[]>>();
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const suffix = optional.exec(specifier)?.[1];
      const { parentURL = '' } = context;
      if (suffix === undefined || enabledNames.has(suffix) || !parentURL.includes(packageName)) {
        return next(specifier, context);
      }
      if (!imports.has(parentURL)) imports.set(parentURL, namesImported(parentURL));
      const names = imports.get(parentURL)?.get(specifier);
      // An unknown form of import is loaded.
      if (names === undefined) return next(specifier, context);
      return { url: `${scheme}${specifier}?${names.join('&')}`, shortCircuit: true };
    },
    load(url, context, next) {
      if (!url.startsWith(scheme)) return next(url, context);
      const names = url.slice(url.indexOf('?') + 1).split('&');
      const source = names.map((name) => `export const ${name} = undefined;`).join('\n');
      return { format: 'module', source, shortCircuit: true };
    },
  });
  try {
    return await import('@opentelemetry/auto-instrumentations-node');
  } finally {
    hooks.deregister();
  }
}

/** The names that a module imports, by specifier. */
function namesImported(importer: string): Map<string, string[]> {
  const source = readFileSync(fileURLToPath(importer), 'utf8');
  const imports = source.matchAll(/import\s*\{([^}]*)\}\s*from\s*["']([^"']+)["']/g);
  return new Map(
    Array.from(imports, ([, names = '', specifier = '']) => [
      specifier,
      names.split(',').flatMap((name) => /^\s*(\w+)/.exec(name)?.[1] ?? []),
    ]),
  );
}
