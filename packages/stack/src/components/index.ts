import { publishedPorts } from '../compose-file.ts';
import { apps } from './apps.ts';
import { backup } from './backup.ts';
import type { Component } from './component.ts';
import { gate } from './gate.ts';
import { monitoring } from './monitoring.ts';
import { optional } from './optional.ts';
import { postgres } from './postgres.ts';

/** Every component of the native mode, with the ports that the compose files publish. */
export const allComponents: Component[] = [
  ...[postgres, ...apps, backup, gate, ...monitoring, ...optional],
].map((component) => ({ ...component, ports: withPublished(component) }));

function withPublished({ name, ports }: Component): Component['ports'] {
  const entries = Object.entries(ports).map(([port, spec]) => {
    // The gate's ports have the names of their owners.
    const owner = name === 'gate' ? port : name;
    const published = publishedPorts.find(
      ({ service, composePort }) => service === owner && composePort === spec.composePort,
    );
    if (published === undefined) return [port, spec];
    return [port, { ...spec, fixedPort: published.fixedPort, variable: published.variable }];
  });
  return Object.fromEntries(entries);
}

/** Every variable that overrides a port; once, also where the gate has the port of another. */
export const portVariables: string[] = [
  ...new Set(
    allComponents.flatMap(({ ports }) =>
      Object.values(ports).flatMap(({ variable }) => variable ?? []),
    ),
  ),
];
