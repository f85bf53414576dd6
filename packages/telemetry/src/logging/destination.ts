import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';

/** Where lines go; `end` resolves when the last one is with the operating system. */
export interface LogDestination {
  readonly stream: pino.DestinationStream;
  /** Why there is no file although one was asked for. */
  readonly fileError?: Error;
  end(): Promise<void>;
}

/** The part of a sonic-boom stream that is used here. */
interface AsyncStream extends pino.DestinationStream {
  on(event: 'drop' | 'error', listener: (cause: unknown) => void): unknown;
  once(event: 'close' | 'error', listener: () => void): unknown;
  end(): void;
}

// Enough for a second of heavy logging; past it lines are dropped and counted, never awaited.
const maxBufferedBytes = 16 * 1024 * 1024;

/**
 * Opens the destinations of a service: standard output, and a rotated file where one is set.
 * @param onDrop called for lines that could not be kept, with the reason
 */
export async function openLogDestination(
  log: TelemetryConfiguration['log'],
  onDrop: (reason: 'buffer_full' | 'write_failed') => void,
  { stdout = true }: { stdout?: boolean } = {},
): Promise<LogDestination> {
  if (log.format === 'pretty') return prettyDestination();
  const streams: AsyncStream[] = stdout ? [openStandardOutput()] : [];
  if (log.lokiUrl !== undefined) streams.push(await openPush(log.lokiUrl));
  const file = await openFile(log);
  if (file.stream !== undefined) streams.push(file.stream);
  for (const stream of streams) {
    stream.on('drop', () => onDrop('buffer_full'));
    // Without a listener a full disk would end the process; the line is lost, and counted.
    stream.on('error', () => onDrop('write_failed'));
  }
  const [only] = streams;
  const stream =
    streams.length === 1 && only !== undefined
      ? only
      : pino.multistream(streams.map((target) => ({ level: 'trace', stream: target })));
  return {
    stream,
    ...(file.error === undefined ? {} : { fileError: file.error }),
    end: async () => {
      await Promise.all(streams.map(endStream));
    },
  };
}

function openStandardOutput(): AsyncStream {
  const options = { fd: 1, sync: false, maxLength: maxBufferedBytes };
  return pino.destination(options) as unknown as AsyncStream;
}

/** A file that can't be had, on a read-only disk say, must not keep a service from starting. */
async function openFile(
  log: TelemetryConfiguration['log'],
): Promise<{ stream?: AsyncStream; error?: Error }> {
  if (log.file === undefined || log.lokiUrl !== undefined) return {};
  try {
    return { stream: await openRotatedFile(log, log.file) };
  } catch (error) {
    return { error: error as Error };
  }
}

async function openRotatedFile(
  log: TelemetryConfiguration['log'],
  file: string,
): Promise<AsyncStream> {
  mkdirSync(dirname(file), { recursive: true });
  const { default: roll } = await import('pino-roll');
  const stream = await roll({
    file,
    size: `${log.maxFileMegabytes}m`,
    limit: { count: log.maxFiles, removeOtherLogFiles: true },
    sync: false,
    maxLength: maxBufferedBytes,
  });
  return stream as unknown as AsyncStream;
}

async function openPush(url: string): Promise<AsyncStream> {
  const { openLokiPush } = await import('./loki-push.ts');
  return openLokiPush({ url, batchSeconds: 1 });
}

async function prettyDestination(): Promise<LogDestination> {
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({
    sync: true,
    translateTime: 'HH:MM:ss.l',
    ignore: 'service,version,environment',
  });
  return { stream, end: async () => {} };
}

function endStream(stream: AsyncStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', resolve);
    stream.end();
  });
}
