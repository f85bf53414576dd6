// The preload: `node --import @watchkeeper/telemetry/instrumentation main.js`. It must run before
// the service's first import, because a module is patched only while it is being loaded.
import { isMainThread } from 'node:worker_threads';
import { ConfigurationError } from './environment-reader.ts';
import { enableContext } from './tracing/active-tracing.ts';
import { readTracingConfiguration } from './tracing/configuration.ts';

async function start(): Promise<void> {
  const configuration = readTracingConfiguration(process.env);
  enableContext();
  // Behind the loader hook Node parses a package's whole `exports` again for each of its modules:
  // for the rotation's date-fns that is half a second and 130 MB of resident memory.
  if (process.env.LOG_FILE) await import('pino-roll');
  if (!configuration.isEnabled) return;
  const { startTracing } = await import('./tracing/tracing.ts');
  await startTracing(configuration);
}

// `--import` runs in worker threads too, where there is no request to trace.
if (isMainThread) {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
