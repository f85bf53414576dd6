import { LimitedError, RequestFailedError, UnexpectedAnswerError } from '../target/errors.ts';

// A hanging service must not accumulate attempts.
const maxInFlight = 50;

/**
 * Attempts something repeatedly; attempts without the expected response are counted by the client.
 * @param attempt gets the number of attempts before it
 * @returns the function that stops it
 */
export function attack(attempt: (count: number) => Promise<void>, perSecond: number): () => void {
  let inFlight = 0;
  let count = 0;

  async function run(): Promise<void> {
    if (inFlight >= maxInFlight) return;
    inFlight += 1;
    count += 1;
    try {
      await attempt(count - 1);
    } catch (error) {
      if (!isExpected(error)) throw error;
    } finally {
      inFlight -= 1;
    }
  }

  const timer = setInterval(() => void run(), 1_000 / perSecond);
  return () => clearInterval(timer);
}

function isExpected(error: unknown): boolean {
  return [LimitedError, RequestFailedError, UnexpectedAnswerError].some(
    (type) => error instanceof type,
  );
}
