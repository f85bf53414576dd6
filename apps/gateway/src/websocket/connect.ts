import type { IncomingMessage } from 'node:http';
import { activeRequest, currentTraceContext, HttpError } from '@watchkeeper/telemetry';
import type { Request } from 'express';
import WebSocket from 'ws';
import type { Choice } from '../routing/choice.ts';
import { upstreamUrl } from '../routing/target.ts';
import { CallerLeftError, UpstreamError } from '../upstream/failures.ts';
import { headersFor } from '../upstream/request-headers.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { offeredProtocols, type Upgrade } from './upgrades.ts';

/**
 * Opens the WebSocket to the upstream, paused, so that no message is lost before it is relayed.
 * @throws UpstreamError if it fails, HttpError if the upstream refuses it
 */
export function connect(upstream: Upstream, choice: Choice, request: Request, { socket }: Upgrade) {
  const url = upstreamUrl(upstream.url, choice.target);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const outgoing = new WebSocket(url, offeredProtocols(request), {
    ...socketOptions,
    headers: handshakeHeaders(request),
    handshakeTimeout: choice.route.timeoutMs,
    perMessageDeflate: false,
  });
  const abort = () => {
    reject(new CallerLeftError());
    outgoing.terminate();
  };
  socket.once('close', abort);
  outgoing.once('open', () => {
    outgoing.pause();
    resolve(outgoing);
  });
  outgoing.once('unexpected-response', (_, answer) => {
    answer.resume();
    reject(refusal(answer));
    outgoing.terminate();
  });
  outgoing.on('error', (cause) => {
    reject(new UpstreamError('network', 'The upstream could not be reached.', { cause }));
  });
  return promise.finally(() => socket.off('close', abort));
}

function handshakeHeaders(request: Request): Record<string, string> {
  const headers = [...headersFor(request)].filter(([name]) => !name.startsWith('sec-websocket-'));
  const ids = activeRequest();
  return {
    ...Object.fromEntries(headers),
    ...currentTraceContext(),
    ...(ids && { 'x-request-id': ids.requestId, 'x-correlation-id': ids.correlationId }),
  };
}

function refusal({ statusCode = 502 }: IncomingMessage): Error {
  const message = `The upstream responded to the handshake with ${statusCode}.`;
  if (statusCode >= 400 && statusCode < 500) {
    return new HttpError(statusCode, 'The WebSocket was refused.', { code: 'handshake_refused' });
  }
  // Redirects and ordinary responses count as failures.
  return new UpstreamError('status', message, statusCode >= 500 ? { statusCode } : {});
}

/** For both halves of a relayed WebSocket. */
export const socketOptions = {
  // Pings and pongs are between the two ends, so both are relayed.
  autoPong: false,
  // Several times the longest message of the service.
  maxPayload: 65_536,
  // Compression costs some 300 KB per connection, and messages are short.
  perMessageDeflate: false,
} as const;
