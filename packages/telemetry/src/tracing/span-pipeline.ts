import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { TracingConfiguration } from './configuration.ts';

// A collector that is there answers sooner; the exporter tries to reach one that is not for ten seconds.
const lastExportMs = 2_000;

export interface SpanCounts {
  dropped: number;
  exportFailures: number;
}

/**
 * A batching processor whose losses are counted. The queue's bound is enforced here, because the
 * SDK's own processor only logs what it drops.
 */
export function createSpanPipeline(
  exporter: SpanExporter,
  bounds: TracingConfiguration['queue'],
): { readonly processor: SpanProcessor; readonly counts: SpanCounts } {
  const counts: SpanCounts = { dropped: 0, exportFailures: 0 };
  let queued = 0;
  let inExport = 0;
  let isShutDown = false;

  const counting: SpanExporter = {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      queued -= spans.length;
      inExport += spans.length;
      let isSettled = false;
      const settle = (result: ExportResult) => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        inExport -= spans.length;
        if (result.code !== ExportResultCode.SUCCESS) {
          counts.exportFailures += 1;
          counts.dropped += spans.length;
        }
        done(result);
      };
      // The SDK's processor abandons a batch by then without reporting it.
      const late = { code: ExportResultCode.FAILED, error: new Error('The collector is late.') };
      const timer = setTimeout(() => settle(late), bounds.exportTimeoutMillis).unref();
      exporter.export(spans, settle);
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
  const batching = new BatchSpanProcessor({ exporter: counting, ...bounds });

  const processor: SpanProcessor = {
    onStart: (span: Span, parent: Context) => batching.onStart(span, parent),
    onEnd(span) {
      if ((span.spanContext().traceFlags & 1) === 0) return;
      if (isShutDown || queued >= bounds.maxQueueSize) {
        counts.dropped += 1;
        return;
      }
      queued += 1;
      batching.onEnd(span);
    },
    forceFlush: () => batching.forceFlush(),
    async shutdown() {
      isShutDown = true;
      const isLate = sleep(lastExportMs, true, { ref: false });
      const hasEnded = batching.shutdown().then(() => false);
      if (await Promise.race([hasEnded, isLate])) counts.dropped += queued + inExport;
    },
  };
  return { processor, counts };
}
