import { publishedPorts } from '../compose-file.ts';
import { apps } from './apps.ts';
import type { Component } from './component.ts';
import { monitoring } from './monitoring.ts';
import { optional } from './optional.ts';
import { postgres } from './postgres.ts';

/** Every component of the native mode, with the ports that the compose files publish. */
export const allComponents: Component[] = [postgres, ...apps, ...monitoring, ...optional].map(
  (component) => ({ ...component, ports: withPublished(component) }),
);

function withPublished({ name, ports }: Component): Component['ports'] {
  const entries = Object.entries(ports).map(([port, spec]) => {
    const published = publishedPorts.find(
      ({ service, composePort }) => service === name && composePort === spec.composePort,
    );
    if (published === undefined) return [port, spec];
    return [port, { ...spec, fixedPort: published.fixedPort, variable: published.variable }];
  });
  return Object.fromEntries(entries);
}

/** Every variable that overrides a port. */
export const portVariables: string[] = allComponents.flatMap(({ ports }) =>
  Object.values(ports).flatMap(({ variable }) => variable ?? []),
);
