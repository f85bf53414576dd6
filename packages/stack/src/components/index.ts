import { apps } from './apps.ts';
import type { Component } from './component.ts';
import { monitoring } from './monitoring.ts';
import { optional } from './optional.ts';
import { postgres } from './postgres.ts';

/** Every component of the native mode. */
export const allComponents: Component[] = [postgres, ...apps, ...monitoring, ...optional];

/** Every variable that overrides a port. */
export const portVariables: string[] = allComponents.flatMap(({ ports }) =>
  Object.values(ports).flatMap(({ variable }) => variable ?? []),
);
