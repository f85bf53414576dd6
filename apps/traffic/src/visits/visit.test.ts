import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { trafficMetrics } from '../catalogue.ts';
import { readConfiguration } from '../config.ts';
import { createRandom } from '../random.ts';
import { type SeenRequest, startFakeApi } from '../testing/fake-api.ts';
import { createThrottledLog } from '../throttled-log.ts';
import { chooseScenario } from './scenarios.ts';
import { createVisit } from './visit.ts';

/** What the first forty visits of a seed ask for, one after the other. */
async function requestsOf(seed: number): Promise<string[]> {
  const api = await startFakeApi();
  const { telemetry } = await createTestTelemetry();
  const configuration = readConfiguration(createEnvironmentReader({ TARGET_URL: api.url }));
  const visit = createVisit({
    configuration,
    metrics: telemetry.declareMetrics(trafficMetrics),
    log: createThrottledLog(telemetry.logger, () => performance.now()),
    newId: randomUUID,
  });
  for (let index = 0; index < 40; index += 1) {
    const random = createRandom(seed, index);
    const scenario = chooseScenario(random, configuration.wrongShare);
    expect(await visit(scenario, random, new AbortController().signal)).toBe('completed');
  }
  api.stop();
  return api.seen.map(withoutNewIds);
}

function withoutNewIds({ method, path, body }: SeenRequest): string {
  // The ids of customers and orders are new in each run; those of the menu begin with zeros.
  const newId = /(?!0{8})[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g;
  return `${method} ${path} ${JSON.stringify(body)}`.replace(newId, 'id');
}

test('the same seed makes the same choices, another seed makes others', async () => {
  const first = await requestsOf(7);
  expect(first.length).toBeGreaterThan(80);
  expect(await requestsOf(7)).toEqual(first);
  expect(await requestsOf(8)).not.toEqual(first);
});
