import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

// Accepts every usual scheme of ids, but nothing that could break a log line.
const acceptable = /^[\w.:-]{1,128}$/;

function accept(request: IncomingMessage, header: string): string | undefined {
  const value = request.headers[header];
  return typeof value === 'string' && acceptable.test(value) ? value : undefined;
}

/** The request's ids: those of a trusted caller where they are acceptable, else new ones. */
export function readRequestIds(
  request: IncomingMessage,
  isTrusted: boolean,
): {
  requestId: string;
  correlationId: string;
} {
  if (!isTrusted) {
    const requestId = randomUUID();
    return { requestId, correlationId: requestId };
  }
  const requestId = accept(request, 'x-request-id') ?? randomUUID();
  return { requestId, correlationId: accept(request, 'x-correlation-id') ?? requestId };
}
