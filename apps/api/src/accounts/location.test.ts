import { expect, test } from '@jest/globals';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { createPhoneLocator } from './location.ts';

const { telemetry } = await createTestTelemetry();
const locate = createPhoneLocator(telemetry);

test.each([
  ['+14155550132', { country: 'US', region: 'San Francisco, CA', timeZone: 'America/Los_Angeles' }],
  ['+442079460018', { country: 'GB', region: 'London', timeZone: 'Europe/London' }],
  // A mobile number has no region, but its country may have one zone.
  ['+31612345678', { country: 'NL', timeZone: 'Europe/Amsterdam' }],
  // Toll-free: from anywhere in the United States, so no zone is certain.
  ['+18005550132', { country: 'US' }],
  // Of no country at all.
  ['+80012345678', {}],
])('locates %s', async (phone, location) => {
  expect(await locate(phone)).toEqual(location);
});

test('looks up a neighbourhood once', async () => {
  await locate('+12025550100');
  await locate('+12025550199');
  expect(await telemetry.renderMetrics()).toContain('cache_hits_total{cache="phone_locations"} 1');
});
