import { HttpError, instrumentFetch } from '@watchkeeper/telemetry';
import { z } from 'zod';

interface CardProcessorOptions {
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

// The customer waits for it; the alert on slow captures has a limit of 1 s.
const defaultTimeoutMs = 5_000;
const currency = 'EUR';
const charge = z.object({
  chargeId: z.string().min(1).max(200),
  status: z.enum(['approved', 'declined']),
});

export type CardProcessor = ReturnType<typeof createCardProcessor>;

/** Each of its methods throws HttpError 503 when the processor fails or does not answer in time. */
export function createCardProcessor({
  url,
  fetch = globalThis.fetch,
  timeoutMs = defaultTimeoutMs,
}: CardProcessorOptions) {
  const send = instrumentFetch(fetch, { ownHosts: [] });

  async function post<S extends z.ZodType>(path: string, key: string, body: object, answer: S) {
    try {
      const response = await send(`${url.replace(/\/$/, '')}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) return answer.parse(await response.json());
      throw new Error(`Expected the card processor to accept, got status ${response.status}.`);
    } catch (cause) {
      throw new HttpError(503, 'The card processor is not available. Send the request again.', {
        code: 'card_processor_unavailable',
        cause,
      });
    }
  }

  return {
    /** Charges the card once per payment, however often it is called. */
    charge: ({ id, amountCents }: { id: string; amountCents: number }) =>
      post('/card/charges', id, { paymentId: id, amountCents, currency }, charge),
    /** Refunds once per key. */
    async refund(chargeId: string, amountCents: number, key: string): Promise<void> {
      await post('/card/refunds', key, { chargeId, amountCents }, z.unknown());
    },
  };
}
