import { HttpError, instrumentFetch } from '@watchkeeper/telemetry';
import { z } from 'zod';

interface Charge {
  readonly chargeId: string;
  readonly status: 'approved' | 'declined';
}

export interface CardProcessor {
  /**
   * Charges the card once per payment, however often it is called.
   * @throws HttpError 503 when the processor fails or does not answer in time
   */
  charge(payment: { id: string; amountCents: number }): Promise<Charge>;
  /**
   * Refunds once per key.
   * @throws HttpError 503 as above
   */
  refund(chargeId: string, amountCents: number, key: string): Promise<void>;
}

export interface CardProcessorOptions {
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

// The customer waits for it; the alert on slow captures has a limit of 1 s.
const defaultTimeoutMs = 5_000;
const currency = 'EUR';
const chargeAnswer = z.object({
  chargeId: z.string().min(1).max(200),
  status: z.enum(['approved', 'declined']),
});

export function createCardProcessor({
  url,
  fetch = globalThis.fetch,
  timeoutMs = defaultTimeoutMs,
}: CardProcessorOptions): CardProcessor {
  const send = instrumentFetch(fetch, { ownHosts: [] });

  async function post(path: string, key: string, body: object): Promise<unknown> {
    try {
      const response = await send(`${url.replace(/\/$/, '')}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) return await response.json();
      throw new Error(`Expected the card processor to accept, got status ${response.status}.`);
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  return {
    async charge({ id, amountCents }) {
      const body = { paymentId: id, amountCents, currency };
      const answer = chargeAnswer.safeParse(await post('/card/charges', id, body));
      if (!answer.success) throw unavailable(answer.error);
      return answer.data;
    },
    async refund(chargeId, amountCents, key) {
      await post('/card/refunds', key, { chargeId, amountCents });
    },
  };
}

function unavailable(cause: unknown): HttpError {
  return new HttpError(503, 'The card processor is not available. Send the request again.', {
    code: 'card_processor_unavailable',
    cause,
  });
}
