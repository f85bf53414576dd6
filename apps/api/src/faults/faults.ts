import { z } from 'zod';

// A fault ends by itself, so that a drill that dies leaves a healthy system behind.
const expiresInSeconds = z.number().min(1).max(3_600).default(300);
const share = z.number().min(0).max(1).default(1);
/** A prefix of the path, such as `/api/v1/orders`; absent means every request. */
const pathPrefix = z.string().startsWith('/').optional();

/** What each fault can be told. */
export const faultSchemas = {
  errors: z.strictObject({ share, pathPrefix, expiresInSeconds }),
  latency: z.strictObject({
    share,
    pathPrefix,
    milliseconds: z.number().int().min(1).max(60_000),
    expiresInSeconds,
  }),
} as const;

/** The name of a fault. */
export type FaultName = keyof typeof faultSchemas;

/** The settings of one fault. */
export type FaultSettings<N extends FaultName> = z.output<(typeof faultSchemas)[N]>;

/** The faults that are switched on. */
export interface Faults {
  readonly isEnabled: boolean;
  /** The fault's settings while it is on. */
  get<N extends FaultName>(name: N): FaultSettings<N> | undefined;
  set<N extends FaultName>(name: N, settings: FaultSettings<N>): void;
  clear(name?: FaultName): void;
  /** What is on, with the time it ends, ISO 8601. */
  list(): Readonly<Record<string, { settings: unknown; expiresAt: string }>>;
}

/** Makes the switches, all off; `now` gives milliseconds since the epoch. */
export function createFaults({
  isEnabled,
  now,
}: {
  isEnabled: boolean;
  now: () => number;
}): Faults {
  const active = new Map<FaultName, { settings: FaultSettings<FaultName>; expiresAtMs: number }>();

  function current(name: FaultName) {
    const fault = active.get(name);
    if (fault !== undefined && fault.expiresAtMs <= now()) active.delete(name);
    return active.get(name);
  }

  return {
    isEnabled,
    get: <N extends FaultName>(name: N) => current(name)?.settings as FaultSettings<N> | undefined,
    set(name, settings) {
      active.set(name, { settings, expiresAtMs: now() + settings.expiresInSeconds * 1_000 });
    },
    clear(name) {
      if (name === undefined) active.clear();
      else active.delete(name);
    },
    list() {
      const names = [...active.keys()].filter((name) => current(name) !== undefined);
      return Object.fromEntries(
        names.map((name) => {
          const fault = active.get(name);
          const expiresAt = new Date(fault?.expiresAtMs ?? 0).toISOString();
          return [name, { settings: fault?.settings, expiresAt }];
        }),
      );
    },
  };
}
