import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAmtool } from '@watchkeeper/stack';
import { runCommand } from '@watchkeeper/stack/run-command';
import { stringify } from 'yaml';
import { type AlertmanagerConfiguration, placedRoutes, type Route } from './configuration.ts';

export type Labels = Readonly<Record<string, string>>;

// Finding it runs it for its version: once, not for each alert.
let amtool: Promise<string> | undefined;

/** The receivers of an alert with these labels, by amtool. */
export async function askReceivers(file: string, labels: Labels): Promise<readonly string[]> {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const parameters = ['config', 'routes', 'test', `--config.file=${file}`, ...pairs];
  amtool ??= findAmtool();
  const { code, stdout, stderr } = await runCommand(await amtool, parameters);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim().split(',');
}

/** Finds the matchers of an alert: a route's place, or an inhibition's such as `inhibit_rules[0].source_matchers`. */
interface MatcherTest {
  ask(labels: Labels): Promise<readonly string[]>;
  close(): void;
}

/**
 * amtool prints receivers only, so in a copy each route gets a receiver of its own, and each list of
 * an inhibition's matchers becomes a route.
 */
export function createMatcherTest({
  route,
  inhibit_rules,
}: AlertmanagerConfiguration): MatcherTest {
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
