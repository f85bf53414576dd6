import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import PQueue from 'p-queue';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check } from '../check.ts';
import { alertsOfJobs, type KnownAlert, knownAlerts } from './alert-labels.ts';
import { findReceivers, writeRouteTest } from './amtool.ts';
import {
  type AlertmanagerConfiguration,
  configurationFile,
  placedRoutes,
  readAlertmanager,
} from './configuration.ts';
import { secretProblems } from './secrets.ts';

const expectationsFile = 'monitoring/alertmanager/expected-receivers.yml';
// Each alert is a process of a few milliseconds.
const concurrency = 4;

const expectations = z.array(
  z.object({ labels: z.record(z.string(), z.string()), receivers: z.array(z.string()).min(1) }),
);

/** Every alert reaches its receivers, no route is unused, and no secret is missing. */
export const notificationsCheck: Check = {
  name: 'notifications',
  async run(root) {
    const configuration = readAlertmanager(root);
    const alerts = knownAlerts(root);
    const all = [...alerts, ...alertsOfJobs(root, configuration, alerts)];
    return [
      ...secretProblems(root, configuration),
      ...unusedReceivers(configuration),
      ...(await deadRoutes(configuration, all)),
      ...(await wrongReceivers(root, alerts)),
    ];
  },
};

async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  await new PQueue({ concurrency }).addAll(items.map((item) => () => run(item)));
}

function unusedReceivers({ route, receivers }: AlertmanagerConfiguration): string[] {
  const used = new Set(placedRoutes(route).map(({ route: { receiver } }) => receiver));
  return receivers
    .filter(({ name }) => !used.has(name))
    .map(
      ({ name }) =>
        `${configurationFile}: receiver \`${name}\`: expected a route to it. Add one, or delete it.`,
    );
}

/** A route that matches no alert is misspelt, or has outlived its alert. */
async function deadRoutes(
  configuration: AlertmanagerConfiguration,
  alerts: readonly KnownAlert[],
): Promise<string[]> {
  // The root matches every alert.
  const routes = placedRoutes(configuration.route).slice(1);
  const dead = new Set(routes.map(({ place }) => place));
  return withTemporaryFolder(async (folder) => {
    const copy = writeRouteTest(configuration, folder);
    await inParallel(alerts, async ({ labels }) => {
      if (dead.size === 0) return;
      // An alert that ends below a route went through it.
      const caught = await findReceivers(copy, labels);
      for (const place of dead) {
        if (caught.some((each) => each.startsWith(place))) dead.delete(place);
      }
    });
    return routes
      .filter(({ place }) => dead.has(place))
      .map(
        ({ place, route: { receiver, matchers = [] } }) =>
          `${configurationFile}: \`${place}\` to \`${receiver}\` matches no alert of any rule file. ` +
          `Correct its matchers ${JSON.stringify(matchers)}, put it before the route that matches ` +
          'its alerts first, or delete it.',
      );
  });
}

async function wrongReceivers(root: string, alerts: readonly KnownAlert[]): Promise<string[]> {
  const table = expectations.safeParse(parse(readFileSync(join(root, expectationsFile), 'utf8')));
  if (!table.success) {
    const [issue] = table.error.issues;
    return [`${expectationsFile}: \`${issue?.path.join('.')}\`: ${issue?.message}`];
  }
  const problems: string[] = [];
  await inParallel(alerts, async ({ name, file, labels }) => {
    const expected = table.data.find(({ labels: wanted }) =>
      Object.entries(wanted).every(([label, value]) => labels[label] === value),
    );
    const got = await findReceivers(join(root, configurationFile), labels);
    if (expected === undefined) {
      problems.push(
        `${file}: \`${name}\`: expected an entry in ${expectationsFile}. Add its labels.`,
      );
    } else if (expected.receivers.toSorted().join() !== got.toSorted().join()) {
      problems.push(
        `${configurationFile}: \`${name}\` of ${file}: expected it to reach ` +
          `${expected.receivers.join(', ')}, got ${got.join(', ')}. Correct the routes, or ` +
          `${expectationsFile}.`,
      );
    }
  });
  return problems;
}
