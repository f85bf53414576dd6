import type { FaultSet, SettingsOf } from './fault.ts';

/** `drill` if the request that injected it names itself a drill. */
export const faultOrigins = ['drill', 'hand'] as const;

export type FaultOrigin = (typeof faultOrigins)[number];

export interface Faults<F extends FaultSet = FaultSet> {
  readonly isEnabled: boolean;
  readonly known: F;
  /** The settings of an injected fault. */
  get<N extends keyof F & string>(name: N): SettingsOf<F, N> | undefined;
  set<N extends keyof F & string>(name: N, settings: SettingsOf<F, N>, origin?: FaultOrigin): void;
  /** Ends one fault, or all. */
  clear(name?: keyof F & string): void;
  /** The injected faults; `expiresAt` is ISO 8601. */
  list(): Readonly<Record<string, { settings: unknown; expiresAt: string; origin: FaultOrigin }>>;
}

interface Active {
  readonly settings: { expiresInSeconds: number };
  readonly expiresAtMs: number;
  readonly origin: FaultOrigin;
  readonly timer: NodeJS.Timeout;
  stop(): void;
}

/** Creates a service's faults, none injected; `now` returns milliseconds since 1970. */
export function createFaults<F extends FaultSet>(
  known: F,
  { isEnabled, now = Date.now }: { isEnabled: boolean; now?: () => number },
): Faults<F> {
  const active = new Map<string, Active>();

  function end(name: string): void {
    const fault = active.get(name);
    if (fault === undefined) return;
    clearTimeout(fault.timer);
    active.delete(name);
    fault.stop();
  }

  function current(name: string): Active | undefined {
    const fault = active.get(name);
    if (fault !== undefined && fault.expiresAtMs <= now()) end(name);
    return active.get(name);
  }

  return {
    isEnabled,
    known,
    get: (name) => current(name)?.settings as SettingsOf<F, typeof name> | undefined,
    set(name, settings, origin = 'hand') {
      end(name);
      const lastsMs = settings.expiresInSeconds * 1_000;
      const timer = setTimeout(() => end(name), lastsMs).unref();
      const stop = known[name]?.start?.(settings) ?? (() => {});
      active.set(name, { settings, expiresAtMs: now() + lastsMs, origin, timer, stop });
    },
    clear(name) {
      for (const each of name === undefined ? [...active.keys()] : [name]) end(each);
    },
    list() {
      const entries = [...active.keys()].flatMap((name) => {
        const fault = current(name);
        if (fault === undefined) return [];
        const expiresAt = new Date(fault.expiresAtMs).toISOString();
        return [[name, { settings: fault.settings, expiresAt, origin: fault.origin }] as const];
      });
      return Object.fromEntries(entries);
    },
  };
}
