/** A limit that lets bursts pass. */
export interface TokenBucket {
  /** Takes one token; answers false where none is left. */
  take(): boolean;
}

/** Makes a full bucket; `now` gives milliseconds. */
export function createTokenBucket({
  perSecond,
  burst,
  now = () => performance.now(),
}: {
  readonly perSecond: number;
  readonly burst: number;
  readonly now?: () => number;
}): TokenBucket {
  let tokens = burst;
  let filledAt = now();
  return {
    take() {
      const at = now();
      tokens = Math.min(burst, tokens + ((at - filledAt) / 1_000) * perSecond);
      filledAt = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
