import { readTelemetryConfiguration } from '../configuration.ts';
import { createEnvironmentReader } from '../environment-reader.ts';
import { createTelemetry, type Telemetry } from '../telemetry.ts';

/** Telemetry whose log lines can be read back. */
export interface TestTelemetry {
  readonly telemetry: Telemetry;
  /** Every line so far, parsed. */
  readonly lines: Record<string, unknown>[];
  /** The lines of one event. */
  linesOf(event: string): Record<string, unknown>[];
}

/** Makes telemetry for a test: real in every part, with an in-memory sink for its log lines. */
export async function createTestTelemetry(
  environment: Readonly<Record<string, string>> = {},
): Promise<TestTelemetry> {
  const reader = createEnvironmentReader({
    OTEL_SERVICE_NAME: 'test',
    METRICS_PORT: '0',
    LOG_LEVEL: 'debug',
    SHUTDOWN_GRACE_MS: '0',
    ...environment,
  });
  const configuration = readTelemetryConfiguration(reader);
  reader.finish();
  const lines: Record<string, unknown>[] = [];
  const telemetry = await createTelemetry(configuration, async () => ({
    stream: { write: (line: string) => void lines.push(JSON.parse(line)) },
    end: async () => {},
  }));
  return {
    telemetry,
    lines,
    linesOf: (event) => lines.filter((line) => line.event === event),
  };
}
