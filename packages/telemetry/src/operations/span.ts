import { isNativeError } from 'node:util/types';
import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { errorTypeOf } from './outcome.ts';

/** A span of our own: its name is `verb noun`, and bounded like a label. */
export interface OwnSpan {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  readonly links?: Link[];
  /** Where it belongs; the active context unless given. */
  readonly parent?: Context;
  /** Begins a trace of its own. */
  readonly root?: boolean;
}

/** Starts a span; whoever starts it ends it. */
export function startSpan({ name, parent = context.active(), ...options }: OwnSpan): Span {
  const kind = options.kind ?? SpanKind.INTERNAL;
  return trace.getTracer('@watchkeeper/telemetry').startSpan(name, { ...options, kind }, parent);
}

/** Runs `run` with the span active. */
export function withSpan<T>(span: Span, run: () => T, base: Context = context.active()): T {
  return context.with(trace.setSpan(base, span), run);
}

/** Runs `run` in a span that ends with it and carries its error, which is thrown on. */
export async function runInSpan<T>(own: OwnSpan, run: (span: Span) => Promise<T>): Promise<T> {
  const span = startSpan(own);
  try {
    return await withSpan(span, () => run(span), own.parent);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Records on a span why it failed. */
export function failSpan(span: Span, error: unknown): void {
  if (isNativeError(error)) span.recordException(error);
  span.setAttribute('error.type', errorTypeOf(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The exemplar of a span: its trace's id if it is sampled, because only such an id leads somewhere. */
export function exemplarOf(span: Span): string | undefined {
  const { traceId, traceFlags } = span.spanContext();
  return (traceFlags & 1) === 1 ? traceId : undefined;
}
