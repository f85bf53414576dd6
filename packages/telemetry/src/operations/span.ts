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
import { describeError } from '../logging/describe-error.ts';
import { errorTypeName, isCancelled, isError } from './outcome.ts';

/** The name is `verb noun`, and bounded like a label. */
export interface SpanDescription {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  readonly links?: Link[];
  /** Default: the active context. */
  readonly parent?: Context;
  /** Starts a new trace. */
  readonly root?: boolean;
}

/** Starts a span; the caller ends it. */
export function startSpan({ name, parent = context.active(), ...options }: SpanDescription): Span {
  const kind = options.kind ?? SpanKind.INTERNAL;
  return trace.getTracer('@watchkeeper/telemetry').startSpan(name, { ...options, kind }, parent);
}

export function withSpan<T>(span: Span, run: () => T, base: Context = context.active()): T {
  return context.with(trace.setSpan(base, span), run);
}

/** Runs `run` in a span that ends with it and records its error, which is rethrown. */
export async function runInSpan<T>(
  own: SpanDescription,
  run: (span: Span) => Promise<T>,
): Promise<T> {
  const span = startSpan(own);
  try {
    return await withSpan(span, () => run(span), own.parent);
  } catch (error) {
    if (!isCancelled(error)) failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

export function failSpan(span: Span, error: unknown): void {
  if (isError(error) && span.isRecording()) {
    // The SDK would take the texts as they are, and those of libraries quote what they were given.
    const { type, message, stack } = describeError(error);
    span.recordException({ name: type, message, stack });
  }
  span.setAttribute('error.type', errorTypeName(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Host and port only: the path may be a secret. */
export function serverAttributes(url: URL) {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return { 'server.address': url.hostname, 'server.port': port };
}
