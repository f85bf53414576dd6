import { beforeEach } from '@jest/globals';
import { startTestTracing } from './spans.ts';
import { createTestTelemetry, type TestTelemetry } from './test-telemetry.ts';

/** Spans and telemetry for a test file, both empty before each test; read `service` in a test only. */
export function useTracedTelemetry() {
  const spans = startTestTracing();
  let service: TestTelemetry | undefined;
  beforeEach(async () => {
    spans.reset();
    service = await createTestTelemetry();
  });
  return {
    spans,
    get service(): TestTelemetry {
      if (service === undefined) throw new Error('Expected `service` to be read in a test.');
      return service;
    },
  };
}
