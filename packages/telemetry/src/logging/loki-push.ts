import { EventEmitter } from 'node:events';
import type { Transform } from 'node:stream';
import { pinoLoki } from 'pino-loki';
import { trackDeliveries } from './loki-deliveries.ts';

interface LokiPushOptions {
  /** Of Loki itself, such as `http://loki:3100`. */
  readonly url: string;
  readonly batchSeconds: number;
}

const levels: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};
const levelNames = Object.fromEntries(Object.entries(levels).map(([name, level]) => [level, name]));
/** Loki's structured metadata, searchable without parsing the line; the same as the shipper's. */
export const metadataFields: readonly string[] = ['event', 'trace_id', 'span_id', 'request_id'];
const maxBufferedLines = 10_000;
const lostLine = new Error('Expected Loki to accept the line, it did not. Is it up and healthy?');

/**
 * Opens the path for places without a shipper: lines go to Loki as they are, with the labels that
 * Promtail would give them. A batch that Loki doesn't take is lost, for pino-loki does not try
 * again: each of its lines is an `error`, and each that a full buffer pushed out is a `drop`.
 */
export function openLokiPush({ url, batchSeconds }: LokiPushOptions): LokiPush {
  const events = new EventEmitter();
  const emitEach = (event: 'drop' | 'error') => (lines: number) => {
    for (let line = 0; line < lines; line += 1) events.emit(event, lostLine);
  };
  const deliveries = trackDeliveries(emitEach('error'), emitEach('drop'));
  const transport = pinoLoki({
    host: url,
    batching: { interval: batchSeconds, maxBufferSize: maxBufferedLines },
    headers: deliveries.headers,
    levelMap: levelNames as never,
    propsToLabels: ['service', 'environment'],
    structuredMetaKey: 'meta',
    logFormat: ({ line, sequence }) => {
      deliveries.add(Number(sequence));
      return String(line);
    },
    timeout: 10_000,
    silenceErrors: true,
  }) as unknown as Transform;
  let sequence = 0;
  transport.once('close', () => {
    deliveries.stop();
    events.emit('close');
  });
  transport.on('error', (error) => events.emit('error', error));
  return {
    write: (line) => {
      transport.write(`${JSON.stringify({ ...toPush(line), sequence })}\n`);
      sequence += 1;
    },
    on: (event, listener) => events.on(event, listener),
    once: (event, listener) => {
      // `once` waits for the end of the stream, and a lost batch does not end it.
      if (event === 'close') events.once(event, listener);
      else transport.once(event, listener);
    },
    end: () => void transport.end(),
  };
}

/** The part of a stream that a log destination uses. */
export interface LokiPush {
  write(line: string): void;
  on(event: 'drop' | 'error', listener: (cause: unknown) => void): unknown;
  once(event: 'close' | 'error', listener: () => void): unknown;
  end(): void;
}

/**
 * What pino-loki can read: it takes an ISO time for NaN and a level's name for `info`. The line
 * itself stays untouched.
 */
function toPush(line: string): Record<string, unknown> {
  const text = line.trimEnd();
  const fields = JSON.parse(text) as Record<string, unknown>;
  const meta = metadataFields.flatMap((name) =>
    typeof fields[name] === 'string' ? [[name, fields[name]]] : [],
  );
  return {
    // Nineteen digits are nanoseconds, and are passed on as they stand.
    time: `${Date.parse(String(fields.time))}000000`,
    level: levels[String(fields.level)] ?? levels.info,
    service: fields.service,
    environment: fields.environment,
    meta: Object.fromEntries(meta),
    line: text,
  };
}
