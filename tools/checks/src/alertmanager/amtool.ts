import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findAmtool } from '@watchkeeper/stack';
import { runCommand } from '@watchkeeper/stack/run-command';
import { stringify } from 'yaml';
import type { Alert } from '../alerts/alert-rules.ts';
import { type AlertmanagerConfiguration, placedRoutes, type Route } from './configuration.ts';

// Finding it runs it for its version: once, not for each alert.
let amtool: Promise<string> | undefined;

/** The receivers of an alert with these labels, by amtool. */
export async function findReceivers(
  file: string,
  labels: Alert['labels'],
): Promise<readonly string[]> {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const parameters = ['config', 'routes', 'test', `--config.file=${file}`, ...pairs];
  amtool ??= findAmtool();
  const { code, stdout, stderr } = await runCommand(await amtool, parameters);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim().split(',');
}

/**
 * Writes a copy of the configuration to a folder, for `findReceivers` to answer with the places of an
 * alert's routes: amtool prints receivers only, so each route gets a receiver of its own.
 */
export function writeRouteTest(configuration: AlertmanagerConfiguration, folder: string): string {
  const copy = named(configuration.route, 'route');
  const receivers = placedRoutes(copy).map(({ route: { receiver } }) => ({ name: receiver }));
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, stringify({ route: copy, receivers }));
  return file;
}

function named({ matchers, continue: isContinued, routes = [] }: Route, place: string): Route {
  return {
    receiver: place,
    ...(matchers ? { matchers } : {}),
    ...(isContinued === undefined ? {} : { continue: isContinued }),
    routes: routes.map((child, index) => named(child, `${place}.routes[${index}]`)),
  };
}
