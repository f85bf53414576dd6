import { trace } from '@opentelemetry/api';
import type { Logger } from '@watchkeeper/telemetry';
import { z } from 'zod';
import { defineFault, expiresInSeconds, repeat } from './fault.ts';

const blockMs = z.number().int().min(1).max(5_000).default(400);
const everyMs = z.number().int().min(10).max(60_000).default(1_000);
// More than 2 GiB would endanger the machine of a demo.
const megabytes = z.number().int().min(1).max(2_048);
const perSecond = z.number().int().min(1).max(200_000);

export function processFaults(logger: Logger) {
  return {
    blockedEventLoop: defineFault(
      z.strictObject({ blockMs, everyMs, expiresInSeconds }),
      ({ blockMs, everyMs }) => repeat(everyMs, () => block(blockMs)),
    ),
    memoryGrowth: defineFault(z.strictObject({ megabytes, expiresInSeconds }), ({ megabytes }) =>
      hold(megabytes),
    ),
    droppedSpans: defineFault(
      // More than the exporter's queue holds between two exports.
      z.strictObject({ perSecond: perSecond.default(20_000), expiresInSeconds }),
      ({ perSecond }) => repeat(1_000, () => burst(perSecond, emitSpan)),
    ),
    droppedLogLines: defineFault(
      z.strictObject({ perSecond: perSecond.default(100_000), expiresInSeconds }),
      ({ perSecond }) => repeat(1_000, () => burst(perSecond, () => emitLine(logger))),
    ),
  };
}

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

/** Writes to every page, so that the memory is resident and not merely reserved. */
function hold(megabytes: number): () => void {
  const held = Array.from({ length: megabytes }, () => Buffer.alloc(1_048_576, 1));
  return () => {
    held.length = 0;
  };
}

function burst(count: number, act: () => void): void {
  for (let i = 0; i < count; i += 1) act();
}

function emitSpan(): void {
  trace.getTracer('@watchkeeper/galley').startSpan('burst span').end();
}

function emitLine(logger: Logger): void {
  logger.info({ event: 'fault_line_written' }, 'line of a fault written');
}
