import type { Express } from 'express';

export interface RouteOfApp {
  /** Such as `GET`. */
  readonly method: string;
  /** Its template, such as `/api/v1/orders/:id`. */
  readonly path: string;
}

/** Missing in the types of Express. */
interface ListedRouter {
  listRoutes(): readonly {
    path: string | RegExp;
    methods: readonly string[] | undefined;
    router: ListedRouter | undefined;
  }[];
}

/**
 * Every endpoint of an application, so that a test also covers those added later. Without `HEAD`, which
 * the handler of `GET` answers.
 */
export function listRoutes(app: Express): readonly RouteOfApp[] {
  return routesOf(app.router as unknown as ListedRouter, '');
}

function routesOf(router: ListedRouter, prefix: string): readonly RouteOfApp[] {
  return router.listRoutes().flatMap(({ path, methods = [], router: mounted }) => {
    const whole = `${prefix}${String(path)}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
    if (mounted !== undefined) return routesOf(mounted, whole);
    const names = methods.map((method) => method.toUpperCase());
    return names.filter((name) => name !== 'HEAD').map((method) => ({ method, path: whole }));
  });
}
