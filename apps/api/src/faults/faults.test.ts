import { expect, test } from '@jest/globals';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { createFaults } from './faults.ts';
import { faultRoutes } from './routes.ts';

test('ends by itself when its time is over', () => {
  let now = 0;
  const faults = createFaults({ isEnabled: true, now: () => now });
  faults.set('errors', { share: 0.5, expiresInSeconds: 60 });
  now = 59_999;
  expect(faults.get('errors')).toEqual({ share: 0.5, expiresInSeconds: 60 });
  expect(faults.list()).toMatchObject({ errors: { expiresAt: '1970-01-01T00:01:00.000Z' } });
  now = 60_000;
  expect(faults.get('errors')).toBeUndefined();
  expect(faults.list()).toEqual({});
});

test('refuses every switch where faults are off', async () => {
  const { telemetry } = await createTestTelemetry();
  const faults = createFaults({ isEnabled: false, now: Date.now });
  const address = await telemetry.startManagement(faultRoutes(faults, telemetry.logger));
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const response = await fetch(`http://${address}/faults`, { method });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      message: 'Faults are off. Start the service with `FAULTS_ENABLED=true` to allow them.',
    });
  }
  await telemetry.shutdown.run('test');
});
