import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** The path from the root of the repository. */
export const configurationFile = 'monitoring/alertmanager/alertmanager.yml';

/** The fields of a route that choose receivers. */
export interface Route {
  readonly receiver?: string | undefined;
  readonly matchers?: readonly string[] | undefined;
  readonly continue?: boolean | undefined;
  readonly routes?: readonly Route[] | undefined;
}

const route: z.ZodType<Route> = z.lazy(() =>
  z.object({
    receiver: z.string().optional(),
    matchers: z.array(z.string()).optional(),
    continue: z.boolean().optional(),
    routes: z.array(route).optional(),
  }),
);

const configuration = z.object({
  global: z.record(z.string(), z.unknown()).default({}),
  route,
  receivers: z.array(z.looseObject({ name: z.string() })),
});

/** The parts of Alertmanager's file that the checks read. */
export type AlertmanagerConfiguration = z.output<typeof configuration>;

/**
 * Reads Alertmanager's file; amtool checks its syntax.
 * @throws Error with the file, the place and what was expected there
 */
export function readAlertmanager(root: string): AlertmanagerConfiguration {
  const text = readFileSync(join(root, configurationFile), 'utf8');
  const parsed = configuration.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${configurationFile}: \`${issue?.path.join('.')}\`: ${issue?.message}`);
}

/** Every route of a tree with its place, such as `route.routes[2]`; the root first. */
export function placedRoutes(
  top: Route,
  place = 'route',
): readonly { readonly place: string; readonly route: Route }[] {
  const below = (top.routes ?? []).flatMap((child, index) =>
    placedRoutes(child, `${place}.routes[${index}]`),
  );
  return [{ place, route: top }, ...below];
}
