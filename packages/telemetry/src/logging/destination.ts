import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import {
  type AsyncStream,
  createBatchedLines,
  endStream,
  type LossListener,
} from './batched-lines.ts';
import type { LokiPush } from './loki-push.ts';

/** `end` resolves once the operating system has all lines. */
export interface LogDestination {
  readonly stream: pino.DestinationStream;
  /** Why the configured file could not be opened. */
  readonly fileError?: Error;
  end(): Promise<void>;
}

// Enough for a second of heavy logging; past it lines are dropped and counted, never awaited.
const maxBufferedBytes = 16 * 1024 * 1024;
// Above zero, because sonic-boom's `flush`, which retries a failed write, otherwise does nothing.
const shared = { sync: false, minLength: 1, maxLength: maxBufferedBytes };

/**
 * Opens the destinations of a service: standard output, and where it is set a rotated file or Loki.
 */
export async function openLogDestination(
  log: TelemetryConfiguration['log'],
  losses: LossListener,
  { stdout = true }: { stdout?: boolean } = {},
): Promise<LogDestination> {
  const pretty = stdout && log.format === 'pretty' ? await openPretty() : undefined;
  const streams = stdout && pretty === undefined ? [openStandardOutput()] : [];
  const file = await openFile(log);
  if (file.stream !== undefined) streams.push(file.stream);
  const local = createBatchedLines(streams, losses);
  const push = log.lokiUrl === undefined ? undefined : await openPush(log.lokiUrl, losses);
  return {
    stream: {
      write(line) {
        pretty?.write(line);
        local.write(line);
        push?.write(line);
      },
    },
    ...(file.error === undefined ? {} : { fileError: file.error }),
    end: async () => {
      await Promise.all([local.end(), push && endStream(push)]);
    },
  };
}

function openStandardOutput(): AsyncStream {
  return pino.destination({ fd: 1, ...shared }) as unknown as AsyncStream;
}

/** A log file that cannot be opened, say on a read-only disk, must not prevent a start. */
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
  makeFolder(dirname(file));
  const { default: roll } = await import('pino-roll');
  const stream = await roll({
    file,
    size: `${log.maxFileMegabytes}m`,
    limit: { count: log.maxFiles, removeOtherLogFiles: true },
    ...shared,
  });
  return stream as unknown as AsyncStream;
}

/** Step by step: under `/proc` Node 24's recursive mkdir never ends. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(folder)) throw error;
  }
}

async function openPush(url: string, { onDrop }: LossListener): Promise<LokiPush> {
  const { openLokiPush } = await import('./loki-push.ts');
  const push = openLokiPush({ url, batchSeconds: 1 });
  push.on('drop', () => onDrop('buffer_full', 1));
  push.on('error', () => onDrop('write_failed', 1));
  return push;
}

/** For people at standard output; a file or Loki get the JSON lines. */
async function openPretty(): Promise<pino.DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    sync: true,
    translateTime: 'HH:MM:ss.l',
    ignore: 'service,version,environment',
  });
}
