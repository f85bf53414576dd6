import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header that the signature is in. */
export const signatureHeader = 'x-galley-signature';

/** `t=<seconds since 1970>,v1=<HMAC-SHA256 in hex>` over `<t>.<body>`. */
export function sign(secret: string, body: string, timestampSeconds: number): string {
  return `t=${timestampSeconds},v1=${digest(secret, body, timestampSeconds)}`;
}

/** What a receiver holds against a request. */
export interface Verification {
  readonly secret: string;
  /** As it came, to the byte. */
  readonly body: string;
  /** Of `X-Galley-Signature`. */
  readonly signature: string;
  /** Seconds since 1970. */
  readonly nowSeconds: number;
  /** How old a request may be, so that nobody can send a recorded one again later. */
  readonly toleranceSeconds?: number;
}

/** Whether a webhook is from us and new. */
export function isAuthentic({
  secret,
  body,
  signature,
  nowSeconds,
  toleranceSeconds = 300,
}: Verification): boolean {
  const [, timestamp = '', given = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (given === '' || Math.abs(nowSeconds - Number(timestamp)) > toleranceSeconds) return false;
  const expected = digest(secret, body, Number(timestamp));
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

function digest(secret: string, body: string, timestampSeconds: number): string {
  return createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex');
}
