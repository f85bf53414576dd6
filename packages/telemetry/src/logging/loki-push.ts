import type { Transform } from 'node:stream';
import { pinoLoki } from 'pino-loki';
import { endStream, type LossListener } from './batched-lines.ts';
import { trackDeliveries } from './loki-deliveries.ts';

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

/**
 * Opens the path for places without a shipper: lines go to Loki as they are, with the labels that
 * Promtail would give them. A batch that Loki doesn't take is lost: pino-loki does not try again.
 * @param url of Loki itself, such as `http://loki:3100`
 */
export function openLokiPush(url: string, onDrop: LossListener['onDrop']) {
  const deliveries = trackDeliveries(onDrop);
  const transport = pinoLoki({
    host: url,
    batching: { interval: 1, maxBufferSize: maxBufferedLines },
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
  transport.once('close', deliveries.stop);
  transport.on('error', () => onDrop('write_failed', 1));
  return {
    write(line: string): void {
      transport.write(`${JSON.stringify({ ...toPush(line), sequence })}\n`);
      sequence += 1;
    },
    end: () => endStream(transport),
  };
}

/**
 * The line in pino-loki's format: it reads an ISO time as NaN and a level's name as `info`. The line
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
