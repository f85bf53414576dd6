/** Remembers who has been told to wait, and until when. */
export interface Patience {
  /** How long one of the keys must still wait, in milliseconds; 0 means not at all. */
  remainingMs(...keys: readonly string[]): number;
  wait(key: string, milliseconds: number): void;
}

/** Whom a limit by address concerns. */
export const everybody = 'everybody';

// As many as there are people, and a few more; those who may go on again make room.
const maxKeys = 10_000;

/** Makes the memory. @param now milliseconds on a steady clock */
export function createPatience(now: () => number): Patience {
  const untilMs = new Map<string, number>();

  function forgetOver(): void {
    for (const [key, until] of untilMs) {
      if (until <= now()) untilMs.delete(key);
    }
  }

  return {
    remainingMs(...keys) {
      const remaining = keys.map((key) => (untilMs.get(key) ?? 0) - now());
      return Math.max(0, ...remaining);
    },
    wait(key, milliseconds) {
      if (untilMs.size >= maxKeys) forgetOver();
      untilMs.set(key, Math.max(untilMs.get(key) ?? 0, now() + milliseconds));
    },
  };
}
