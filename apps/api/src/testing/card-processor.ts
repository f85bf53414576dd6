import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A card processor that a test can look into. */
export interface TestCardProcessor {
  readonly url: string;
  /** Cents charged and given back, by charge. */
  readonly charges: Map<string, { chargedCents: number; refundedCents: number }>;
  /** How it answers from now on; `declined` concerns charges only. */
  behaviour: 'approved' | 'declined' | 'failing';
  /** Called with each request before the answer. */
  onRequest: (path: string) => Promise<void> | void;
  stop(): void;
}

/** Starts a card processor that charges and refunds once per key, as a real one does. */
export async function startCardProcessor(): Promise<TestCardProcessor> {
  const chargeOfPayment = new Map<string, string>();
  const refundKeys = new Set<string>();

  function charge({ paymentId = '', amountCents = 0 }: Body) {
    const chargeId = chargeOfPayment.get(paymentId) ?? `ch_${randomUUID()}`;
    if (processor.behaviour === 'declined') return { chargeId, status: 'declined' };
    if (!chargeOfPayment.has(paymentId)) {
      chargeOfPayment.set(paymentId, chargeId);
      processor.charges.set(chargeId, { chargedCents: amountCents, refundedCents: 0 });
    }
    return { chargeId, status: 'approved' };
  }

  function refund({ chargeId = '', amountCents = 0 }: Body, key: string) {
    const charged = processor.charges.get(chargeId);
    if (charged !== undefined && !refundKeys.has(key)) charged.refundedCents += amountCents;
    refundKeys.add(key);
    return { refundId: `re_${key}` };
  }

  const server = createServer(async (request, response) => {
    const body = (await json(request)) as Body;
    const path = request.url ?? '';
    await processor.onRequest(path);
    const key = String(request.headers['idempotency-key']);
    response.statusCode = processor.behaviour === 'failing' ? 500 : 201;
    response.end(JSON.stringify(path === '/card/charges' ? charge(body) : refund(body, key)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const processor: TestCardProcessor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    charges: new Map(),
    behaviour: 'approved',
    onRequest: () => {},
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  return processor;
}

interface Body {
  readonly paymentId?: string;
  readonly chargeId?: string;
  readonly amountCents?: number;
}
