import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { trace } from '@opentelemetry/api';
import type { Logger } from '@watchkeeper/telemetry';
import { z } from 'zod';
import { defineFault, expiresInSeconds, repeat } from './fault.ts';

const blockMs = z.number().int().min(1).max(5_000).default(400);
const everyMs = z.number().int().min(10).max(60_000).default(1_000);
// More than 2 GiB would endanger the machine of a demo.
const megabytes = z.number().int().min(1).max(2_048);
const perSecond = z.number().int().min(1).max(200_000);
const share = z.number().min(0.01).max(0.95);
// Each scrape lists the open ones; above this many it would take a second.
const maxFiles = 60_000;

export function processFaults(logger: Logger) {
  return {
    blockedEventLoop: defineFault(
      z.strictObject({ blockMs, everyMs, expiresInSeconds }),
      ({ blockMs, everyMs }) => repeat(everyMs, () => block(blockMs)),
    ),
    memoryGrowth: defineFault(z.strictObject({ megabytes, expiresInSeconds }), ({ megabytes }) =>
      hold(megabytes),
    ),
    garbage: defineFault(
      z.strictObject({ share: share.default(0.3), expiresInSeconds }),
      ({ share }) => collectGarbage(share),
    ),
    openFiles: defineFault(z.strictObject({ share, expiresInSeconds }), ({ share }) =>
      openFiles(share),
    ),
    crash: defineFault(z.strictObject({ expiresInSeconds }), () => rejectLater()),
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

const collectEveryMs = 100;

/** V8's full garbage collection, as a function. */
export function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Spends at least that share of the time on garbage collection, as with a heap that is nearly full. */
function collectGarbage(share: number): () => void {
  // What many dropped objects cost depends on the machine and the heap; this does not.
  const collect = exposeCollector();
  return repeat(collectEveryMs, () => {
    const until = performance.now() + share * collectEveryMs;
    while (performance.now() < until) collect();
  });
}

/** Opens files until that share of the process's limit is in use. */
function openFiles(share: number): () => void {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0);
  const missing = Math.ceil(share * limit) - readdirSync('/proc/self/fd').length;
  const count = Math.min(maxFiles, Math.max(0, missing));
  const held = Array.from({ length: count }, () => openSync('/dev/null', 'r'));
  return () => {
    for (const file of held.splice(0)) closeSync(file);
  };
}

/** Ends the process as a forgotten `catch` does, once the request that asked for it is answered. */
function rejectLater(): () => void {
  const reject = () => void Promise.reject(new Error('The fault `crash` is injected.'));
  const timer = setTimeout(reject, 50);
  return () => clearTimeout(timer);
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
