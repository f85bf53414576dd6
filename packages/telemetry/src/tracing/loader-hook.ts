import { register as registerAsynchronous } from 'node:module';
import {
  register as registerSynchronous,
  supportsSyncHooks,
} from 'import-in-the-middle/register-hooks.mjs';

/**
 * Lets instrumentations patch ES modules. Without it only CommonJS is patched, which is why the
 * usual `--import …/register` leaves an ESM service half blind.
 * @param modules names of what is to be patched; every other module stays as its author wrote it
 */
export function installLoaderHook(modules: readonly string[]): void {
  const include = [...new Set(modules)];
  if (supportsSyncHooks()) {
    registerSynchronous({ include });
    return;
  }
  registerAsynchronous('import-in-the-middle/hook.mjs', import.meta.url, { data: { include } });
}
