import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findAmtool } from '@watchkeeper/stack';
import { stringify } from 'yaml';
import { type AlertmanagerConfiguration, placedRoutes, type Route } from './configuration.ts';

const run = promisify(execFile);

/** Labels of an alert. */
export type Labels = Readonly<Record<string, string>>;

// Finding it asks its version; that is needed once, not for each alert.
let amtool: Promise<string> | undefined;

/** Who is told of an alert with these labels, by Alertmanager's own tool. */
export async function askReceivers(file: string, labels: Labels): Promise<readonly string[]> {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const parameters = ['config', 'routes', 'test', `--config.file=${file}`, ...pairs];
  amtool ??= findAmtool();
  const { stdout } = await run(await amtool, parameters);
  return stdout.trim().split(',');
}

/** Which matchers took an alert: a route's place, or an inhibition's such as `inhibit_rules[0].source_matchers`. */
export interface CatchTest {
  ask(labels: Labels): Promise<readonly string[]>;
  close(): void;
}

/**
 * Asks amtool which routes an alert ends in: it only names receivers, so each route of a copy gets
 * one of its own, and each list of an inhibition's matchers becomes a route.
 */
export function createCatchTest({ route, inhibit_rules }: AlertmanagerConfiguration): CatchTest {
  const inhibitions = inhibit_rules.flatMap((rule, index) =>
    (['source_matchers', 'target_matchers'] as const).map((side) => ({
      receiver: `inhibit_rules[${index}].${side}`,
      matchers: rule[side],
      continue: true,
    })),
  );
  const top = named(route, 'route');
  const copy = { ...top, routes: [...inhibitions, ...(top.routes ?? [])] };
  const receivers = placedRoutes(copy).map(({ route: { receiver } }) => ({ name: receiver }));
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-routes-'));
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, stringify({ route: copy, receivers }));
  return {
    ask: (labels) => askReceivers(file, labels),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function named({ matchers, continue: isContinued, routes = [] }: Route, place: string): Route {
  return {
    receiver: place,
    ...(matchers ? { matchers } : {}),
    ...(isContinued === undefined ? {} : { continue: isContinued }),
    routes: routes.map((child, index) => named(child, `${place}.routes[${index}]`)),
  };
}
