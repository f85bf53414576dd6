import { createHmac } from 'node:crypto';

export const signatureHeader = 'x-galley-signature';

/** `t=<seconds since 1970>,v1=<HMAC-SHA256 in hex>` over `<t>.<body>`. */
export function sign(secret: string, body: string, timestampSeconds: number): string {
  const digest = createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex');
  return `t=${timestampSeconds},v1=${digest}`;
}
