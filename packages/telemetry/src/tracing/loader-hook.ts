import {
  createRequire,
  isBuiltin,
  register as registerAsynchronous,
  syncBuiltinESMExports,
} from 'node:module';
import {
  register as registerSynchronous,
  supportsSyncHooks,
} from 'import-in-the-middle/register-hooks.mjs';

/**
 * Lets instrumentations patch ES modules. Without it only CommonJS is patched, which is why the
 * usual `--import …/register` misses half of an ESM service.
 * @param modules names of the modules to patch; all others stay unchanged
 */
export function installLoaderHook(modules: readonly string[]): void {
  const include = [...new Set(modules)];
  patchBuiltins(include);
  if (supportsSyncHooks()) {
    registerSynchronous({ include });
    return;
  }
  registerAsynchronous('import-in-the-middle/hook.mjs', import.meta.url, { data: { include } });
}

/**
 * Instrumentations patch a built-in module once, as its first importer sees it. Required here
 * it is patched where `import { request } from 'node:http'` finds it too. Source:
 * https://github.com/open-telemetry/opentelemetry-js/issues/5024
 */
function patchBuiltins(modules: readonly string[]): void {
  const require = createRequire(import.meta.url);
  for (const name of modules) if (isBuiltin(name)) require(name);
  syncBuiltinESMExports();
}
