import { z } from 'zod';

/** How long a fault lasts, in seconds: it ends by itself, so that a drill that dies heals. */
export const expiresInSeconds = z.number().min(1).max(3_600).default(300);

/** One thing that can be broken on purpose: what it can be told, and what switching it on does. */
export interface Fault<S extends z.ZodType<{ expiresInSeconds: number }> = FaultSchema> {
  readonly schema: S;
  /**
   * Called when it is switched on, for a fault that acts by itself; most are asked with `get`.
   * @returns what ends it; called when it is switched off, set anew, or its time is over
   */
  start?(settings: z.output<S>): () => void;
}

type FaultSchema = z.ZodType<{ expiresInSeconds: number }>;

/** Faults by name. */
// biome-ignore lint/suspicious/noExplicitAny: each fault has settings of its own.
export type FaultSet = Readonly<Record<string, Fault<any>>>;

/** The settings of one fault of a set. */
export type SettingsOf<F extends FaultSet, N extends keyof F> = z.output<F[N]['schema']>;

/** Declares a fault, typed by its schema. */
export function defineFault<S extends FaultSchema>(
  schema: S,
  start?: (settings: z.output<S>) => () => void,
): Fault<S> {
  return start === undefined ? { schema } : { schema, start };
}
