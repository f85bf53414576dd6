import { z } from 'zod';

/** Seconds until a fault ends by itself, so that an aborted drill leaves none behind. */
export const expiresInSeconds = z.number().min(1).max(3_600).default(300);

interface Fault<S extends z.ZodType<{ expiresInSeconds: number }> = FaultSchema> {
  readonly schema: S;
  /**
   * Starts a fault that acts by itself; code that is affected by any other reads it with `get`.
   * @returns a function that ends it, called when it is cleared, replaced or expires
   */
  start?(settings: z.output<S>): () => void;
}

type FaultSchema = z.ZodType<{ expiresInSeconds: number }>;

// biome-ignore lint/suspicious/noExplicitAny: each fault has its own settings.
export type FaultSet = Readonly<Record<string, Fault<any>>>;

export type SettingsOf<F extends FaultSet, N extends keyof F> = z.output<F[N]['schema']>;

/** Declares a fault, typed by its schema. */
export function defineFault<S extends FaultSchema>(
  schema: S,
  start?: (settings: z.output<S>) => () => void,
): Fault<S> {
  return start === undefined ? { schema } : { schema, start };
}

/**
 * Calls `act` now and at every interval.
 * @returns a function that stops it
 */
export function repeat(intervalMs: number, act: () => void): () => void {
  act();
  const timer = setInterval(act, intervalMs).unref();
  return () => clearInterval(timer);
}
