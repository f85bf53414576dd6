import { context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { elapsedMs, errorTypeName, isCancelled } from '../operations/outcome.ts';
import { runInSpan, startSpan } from '../operations/span.ts';
import { currentTraceContext, extractTraceContext, linkTo } from '../operations/trace-context.ts';
import type { Telemetry } from '../telemetry.ts';
import { connectionContext } from './server.ts';

/** The data of each type of message. */
type MessageMap = Readonly<Record<string, unknown>>;

/** The part of a socket that a channel needs; `WebSocket` of `ws` has it, client and server. */
interface ChannelSocket {
  readonly readyState: number;
  send(text: string): void;
  on(event: 'message', listener: (data: unknown) => void): unknown;
}

/** A message ready for the wire; it may be sent to many, or wait in a queue. */
export interface EncodedMessage {
  readonly type: string;
  readonly text: string;
}

/** `data` is untrusted until validated. */
export interface ReceivedMessage<T extends string = string> {
  readonly type: T;
  readonly data: unknown;
}

export type MessageChannel<M extends MessageMap> = ReturnType<typeof createMessageChannel<M>>;

interface Envelope {
  readonly type: string;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly data: unknown;
}

interface ChannelOptions<T extends string> {
  /** All of the protocol, because a type becomes a label and a span's name. */
  readonly types: readonly T[];
  /** Whether a message continues its sender's trace; else it starts one, with a link. */
  readonly areSendersTrusted?: boolean;
}

const openState = 1;

/**
 * Makes a channel: messages by type counted, spans on both sides, context carried between them.
 */
export function createMessageChannel<M extends MessageMap>(
  telemetry: Telemetry,
  { types, areSendersTrusted = true }: ChannelOptions<keyof M & string>,
) {
  const sent = telemetry.metrics.counter('ws_messages_sent_total');
  const received = telemetry.metrics.counter('ws_messages_received_total');
  const report = createFailureReport(telemetry);
  const known = new Set<string>(types);
  for (const type of types) {
    sent.add(0, { type });
    received.add(0, { type });
  }

  return {
    /** Makes a message once, for however many receivers, with the active trace in its envelope. */
    encode<T extends keyof M & string>(type: T, data: M[T]): EncodedMessage {
      const text = JSON.stringify({ type, ...sendTraceContext(type), data });
      return { type, text };
    },
    /** Sends and counts a message; returns false if the socket is not open. */
    send(
      socket: Pick<ChannelSocket, 'readyState' | 'send'>,
      { type, text }: EncodedMessage,
    ): boolean {
      if (socket.readyState !== openState) return false;
      socket.send(text);
      sent.increment({ type });
      return true;
    },
    /**
     * Calls `handle` for each message, in a span that continues a trusted sender's trace, and `refuse` for
     * any that is not of the protocol. An error of the handler is recorded, not thrown.
     */
    receive(
      socket: ChannelSocket,
      handle: (message: ReceivedMessage<keyof M & string>) => Promise<unknown> | unknown,
      refuse = () => {},
    ): void {
      socket.on('message', (data) => {
        const envelope = readEnvelope(data);
        const isKnown = envelope !== undefined && known.has(envelope.type);
        const type = isKnown ? envelope.type : envelope === undefined ? 'invalid' : 'other';
        received.increment({ type });
        if (!isKnown) return refuse();
        const startedAt = performance.now();
        const run = async () => {
          try {
            await handle({ type: envelope.type, data: envelope.data });
          } catch (error) {
            if (!isCancelled(error)) report(envelope.type, startedAt, error);
            throw error;
          }
        };
        runInSpan(receiveSpan(socket, envelope, areSendersTrusted), run).catch(() => {
          // Recorded already, and a listener has no caller.
        });
      });
    },
  };
}

function createFailureReport({ metrics, logger }: Telemetry) {
  const errors = metrics.counter('errors_total');
  return (type: string, startedAt: number, error: unknown): void => {
    errors.increment({ error_type: errorTypeName(error), error_code: 'ws_message' });
    const fields = { type, duration_ms: elapsedMs(startedAt), err: error };
    logger.error({ event: 'ws_message_failed', ...fields }, 'message failed');
  };
}

/** Sends a span only within a trace: a heartbeat's would be the root of an empty trace. */
function sendTraceContext(type: string) {
  const parent = trace.getActiveSpan();
  if (parent === undefined) return {};
  const attributes = attributesOf(type, 'send');
  const span: Span = startSpan({ name: `send ${type}`, kind: SpanKind.PRODUCER, attributes });
  span.end();
  return currentTraceContext(trace.setSpan(context.active(), span));
}

function receiveSpan(
  socket: object,
  { type, traceparent, tracestate }: Envelope,
  isSenderTrusted: boolean,
) {
  const connection = connectionContext(socket);
  const common = {
    name: `receive ${type}`,
    kind: SpanKind.CONSUMER,
    attributes: attributesOf(type, 'process'),
  };
  const carrier = { traceparent, tracestate };
  if (traceparent !== undefined && isSenderTrusted) {
    return { ...common, parent: extractTraceContext(carrier, trace.deleteSpan(connection)) };
  }
  // Without a sender's trace each message starts its own: a connection may last for days.
  const upgrade = trace.getSpanContext(connection);
  const links = [...(upgrade === undefined ? [] : [{ context: upgrade }]), ...linkTo(carrier)];
  return { ...common, parent: connection, root: true, links };
}

function attributesOf(type: string, operation: 'send' | 'process') {
  return {
    'messaging.system': 'websocket',
    'messaging.operation.type': operation,
    'messaging.destination.name': type,
  };
}

/** `undefined` if it is not an envelope. */
function readEnvelope(raw: unknown): Envelope | undefined {
  const parsed = parse(textOf(raw));
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { type, traceparent, tracestate, data } = parsed as Record<string, unknown>;
  if (typeof type !== 'string') return undefined;
  return {
    type,
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    tracestate: typeof tracestate === 'string' ? tracestate : undefined,
    data,
  };
}

function textOf(raw: unknown): string {
  if (Array.isArray(raw)) return Buffer.concat(raw).toString();
  if (raw instanceof ArrayBuffer) return Buffer.from(raw).toString();
  return String(raw);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller counts it.
    return undefined;
  }
}
