import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { eventually, waitUntil } from '@watchkeeper/testing/waiting';
import { createSpanPipeline } from './span-pipeline.ts';

const bounds = {
  maxQueueSize: 10,
  maxExportBatchSize: 5,
  scheduledDelayMillis: 5,
  exportTimeoutMillis: 200,
};

function pipelineInto(
  answer: (done: (result: ExportResult) => void) => void,
  exportTimeoutMillis = bounds.exportTimeoutMillis,
) {
  const exported: ReadableSpan[] = [];
  const pipeline = createSpanPipeline(
    {
      export: (spans, done) => {
        exported.push(...spans);
        answer(done);
      },
      shutdown: async () => {},
    },
    { ...bounds, exportTimeoutMillis },
  );
  const provider = new TracerProvider({ spanProcessors: [pipeline.processor] });
  const tracer = provider.getTracer('test');
  const endSpans = (count: number) => {
    for (let i = 0; i < count; i += 1) tracer.startSpan(`span ${i}`).end();
  };
  return { ...pipeline, exported, endSpans };
}

test('drops nothing while the collector keeps up', async () => {
  const pipeline = pipelineInto((done) => done({ code: ExportResultCode.SUCCESS }));
  pipeline.endSpans(8);
  await eventually(() => expect(pipeline.exported).toHaveLength(8));
  expect(pipeline.counts).toEqual({ dropped: 0, exportFailures: 0 });
});

test('counts the spans of a batch that the collector refused', async () => {
  const pipeline = pipelineInto((done) =>
    done({ code: ExportResultCode.FAILED, error: new Error('refused') }),
  );
  pipeline.endSpans(4);
  await eventually(() => expect(pipeline.counts).toEqual({ dropped: 4, exportFailures: 1 }));
});

test('counts the spans of a batch that the collector was too late for, once', async () => {
  const late: (() => void)[] = [];
  const pipeline = pipelineInto((done) => {
    late.push(() => done({ code: ExportResultCode.SUCCESS }));
  });
  pipeline.endSpans(4);
  await waitUntil(() => pipeline.counts.dropped !== 0);
  for (const answer of late) answer();
  await sleep(20);
  expect(pipeline.counts).toEqual({ dropped: 4, exportFailures: 1 });
});

test('counts spans that end after the shutdown as dropped', async () => {
  const pipeline = pipelineInto((done) => done({ code: ExportResultCode.SUCCESS }));
  await pipeline.processor.shutdown();
  pipeline.endSpans(3);
  expect(pipeline.counts).toEqual({ dropped: 3, exportFailures: 0 });
});

test('keeps the queue bounded while the collector hangs, and counts the rest', async () => {
  const pipeline = pipelineInto(() => {});
  pipeline.endSpans(100);
  // One batch is with the collector, the queue is full, all else is dropped.
  expect(pipeline.exported.length).toBe(bounds.maxExportBatchSize);
  expect(pipeline.counts.dropped).toBe(100 - bounds.maxQueueSize - bounds.maxExportBatchSize);
});

test('counts what an absent collector has not taken soon after the shutdown', async () => {
  const pipeline = pipelineInto(() => {}, 10_000);
  pipeline.endSpans(8);
  await pipeline.processor.shutdown();
  expect(pipeline.counts).toEqual({ dropped: 8, exportFailures: 0 });
});
