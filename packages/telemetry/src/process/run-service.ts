import { readTelemetryConfiguration } from '../configuration.ts';
import {
  ConfigurationError,
  createEnvironmentReader,
  type EnvironmentReader,
} from '../environment-reader.ts';
import { describeError } from '../logging/describe-error.ts';
import { createTelemetry, type Telemetry } from '../telemetry.ts';
import { shutDownOnSignals } from './signals.ts';

/**
 * Runs a service: reads its configuration and the shared one, makes its telemetry, calls `start`,
 * and shuts it down gracefully. A faulty configuration ends the process with code 2 and one
 * message that lists every fault; any other failure to start, with code 1.
 */
export async function runService<C>(
  readConfiguration: (reader: EnvironmentReader) => C,
  start: (configuration: C, telemetry: Telemetry) => Promise<void>,
): Promise<void> {
  try {
    const reader = createEnvironmentReader(process.env);
    const shared = readTelemetryConfiguration(reader);
    const own = Object.freeze(readConfiguration(reader));
    reader.finish();
    const telemetry = await createTelemetry(shared);
    shutDownOnSignals(telemetry.shutdown, telemetry.logger);
    await start(own, telemetry);
  } catch (error) {
    const isConfiguration = error instanceof ConfigurationError;
    const { message, stack } = describeError(error);
    process.stderr.write(`${isConfiguration ? error.message : stack || message}\n`);
    process.exit(isConfiguration ? 2 : 1);
  }
}
