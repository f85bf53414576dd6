import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import { type AsyncStream, createBatchedLines, type LossListener } from './batched-lines.ts';
import { endOnFullDisk } from './disk-stream.ts';
import { type FileStream, guardFile } from './file-guard.ts';
import { openPipeStream } from './pipe-stream.ts';

type LogConfiguration = TelemetryConfiguration['log'];

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
  log: LogConfiguration,
  losses: LossListener,
  { stdout = true }: { stdout?: boolean } = {},
): Promise<LogDestination> {
  const pretty = stdout && log.format === 'pretty' ? await openPretty() : undefined;
  const streams =
    stdout && pretty === undefined ? [openPipeStream(maxBufferedBytes) ?? openDescriptor()] : [];
  const file = await openFile(log, losses);
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
    ...(file.error && { fileError: file.error }),
    end: async () => {
      await Promise.all([local.end(), push?.end()]);
    },
  };
}

/** A terminal or a file as standard output. */
function openDescriptor(): AsyncStream {
  return endOnFullDisk(pino.destination({ fd: 1, ...shared }) as unknown as AsyncStream);
}

/** A log file that cannot be opened, say on a read-only disk, must not prevent a start. */
async function openFile(
  { file, lokiUrl, maxFileMegabytes, maxFiles }: LogConfiguration,
  losses: LossListener,
) {
  if (file === undefined || lokiUrl !== undefined) return {};
  try {
    makeFolder(dirname(file));
    const { default: roll } = await import('pino-roll');
    const stream = await roll({
      file,
      size: `${maxFileMegabytes}m`,
      limit: { count: maxFiles, removeOtherLogFiles: true },
      ...shared,
    });
    // Until it is open nothing can be written, at an early end of the process neither.
    await once(stream, 'ready');
    endOnFullDisk(stream as unknown as FileStream);
    return { stream: guardFile(stream as unknown as FileStream, losses) };
  } catch (error) {
    return { error: error as Error };
  }
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

async function openPush(url: string, { onDrop }: LossListener) {
  const { openLokiPush } = await import('./loki-push.ts');
  return openLokiPush(url, onDrop);
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
