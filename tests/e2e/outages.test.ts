// What an outage costs: the alerts of the corpus' outages, through the shipped Alertmanager.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { measureOutage, type OutageCost, readOutages } from '@watchkeeper/checks/outages/measure';
import { findPromtool, repositoryRoot as root } from '@watchkeeper/stack';
import { startNotifyingStack } from './notifying-stack.ts';

const timeFactor = 25;
const outages = readOutages(root);
const costs = new Map<string, OutageCost>();
const stacks: Awaited<ReturnType<typeof startNotifyingStack>>[] = [];

// Mostly they wait, so that several at a time take as long as the longest.
beforeAll(async () => {
  const promtool = await findPromtool();
  while (stacks.length < 4) stacks.push(await startNotifyingStack({ timeFactor }));
  const queue = [...outages];
  await Promise.all(
    stacks.map(async ({ addresses }) => {
      const notifier = { ...addresses, timeFactor };
      for (let outage = queue.shift(); outage !== undefined; outage = queue.shift()) {
        costs.set(outage.name, await measureOutage(root, outage, { promtool, notifier }));
      }
    }),
  );
}, 600_000);

afterAll(() => Promise.all(stacks.map((stack) => stack.stop())), 60_000);

test.each(outages.map((outage) => [outage.name, outage] as const))('%s', (name, outage) => {
  const { fired, ...told } = costs.get(name) ?? { fired: [], pager: [], chat: [], mail: [] };
  const { pager, chat } = told;
  const most = outage.notifications;
  expect({ told, fired, isFew: pager.length <= most.pager && chat.length <= most.chat }).toEqual({
    ...{ told, fired, isFew: true },
  });
  // Nobody told of an outage would be worse.
  expect(chat.length > 0).toBe(outage.faultAt !== undefined);
  expect(pager.length > 0).toBe(most.pager > 0);
});
