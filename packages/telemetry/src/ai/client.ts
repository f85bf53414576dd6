import { isNativeError } from 'node:util/types';
import { type Span, SpanKind } from '@opentelemetry/api';
import { initializeSeriesOnce } from '../metrics/initialize-series.ts';
import { isFirstWrapping } from '../operations/metered.ts';
import { elapsedMs, errorTypeName, isCancelled, isTimeout } from '../operations/outcome.ts';
import { failSpan, serverAttributes, startSpan, withSpan } from '../operations/span.ts';
import { sampledTraceId } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';
import { observeCall } from './promise.ts';
import { type RequestLike, requestAttributes } from './request.ts';
import { isStream, observeStream, type ResponseDetails, readResponseDetails } from './response.ts';

/** The part of an AI client that is metered; `openai` and clients of the same shape have it. */
interface MeterableAiClient {
  readonly chat: {
    readonly completions: { create(body: never, ...rest: never[]): PromiseLike<unknown> };
  };
  /** Becomes `server.address` and `server.port` of the span. */
  readonly baseURL?: string;
}

type Create = (body: RequestLike, ...rest: unknown[]) => PromiseLike<unknown>;

/**
 * Meters an AI client: outcomes, durations, tokens, and a span in the GenAI conventions. A streamed
 * answer is measured until it ends; `stream_options.include_usage` adds its tokens. Prompts,
 * answers and the provider's error messages, which may quote them, are never recorded.
 * @param options `provider` is the label, a value of `gen_ai.provider.name` such as `openai`
 * @returns the same client
 */
export function instrumentAiClient<C extends MeterableAiClient>(
  client: C,
  telemetry: Telemetry,
  { provider }: { readonly provider: string },
): C {
  if (!isFirstWrapping(telemetry, client.chat.completions)) return client;
  const { initializeModel, record } = createRecorder(telemetry, provider);
  const { completions } = client.chat;
  const create = completions.create.bind(completions) as unknown as Create;
  const metered: Create = (body, ...rest) => {
    const model = body.model ?? 'unknown';
    initializeModel(model);
    const server = URL.parse(client.baseURL ?? '');
    const attributes = {
      ...requestAttributes(provider, body),
      ...(server?.hostname ? serverAttributes(server) : {}),
    };
    const span = startSpan({ name: `chat ${model}`, kind: SpanKind.CLIENT, attributes });
    const call: Call = { model, span, startedAt: performance.now(), details: {} };
    let isEnded = false;
    const end = (error?: unknown) => {
      if (isEnded) return;
      isEnded = true;
      withSpan(call.span, () => record(call, error));
    };
    const value = (answer: unknown) => {
      const observe = (part: unknown) => readResponseDetails(part, call.details);
      if (isStream(answer)) {
        const observeChunk = (chunk: unknown) => {
          call.details.secondsToFirstChunk ??= (performance.now() - call.startedAt) / 1_000;
          observe(chunk);
        };
        return observeStream(answer, observeChunk, end);
      }
      observe(answer);
      return end();
    };
    try {
      const answer = withSpan(call.span, () => create(body, ...rest));
      return observeCall(answer, { value, error: end });
    } catch (error) {
      end(error);
      throw error;
    }
  };
  completions.create = metered as unknown as typeof completions.create;
  return client;
}

interface Call {
  readonly model: string;
  readonly span: Span;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  readonly details: ResponseDetails;
}

function createRecorder({ metrics, logger }: Telemetry, provider: string) {
  const requests = metrics.counter('ai_requests_total');
  const duration = metrics.histogram('ai_request_duration_seconds');
  const tokens = metrics.counter('ai_tokens_used_total');
  const initializeModel = initializeSeriesOnce((model) => {
    for (const result of ['error', 'timeout'] as const) {
      requests.add(0, { provider, model, result });
    }
  });

  const record = ({ model, span, startedAt, details }: Call, error: unknown): void => {
    const result = resultOf(error);
    const durationMs = elapsedMs(startedAt);
    requests.increment({ provider, model, result });
    duration.observe(durationMs / 1_000, { provider, model }, sampledTraceId(span));
    const { inputTokens = 0, outputTokens = 0 } = details;
    if (inputTokens > 0) tokens.add(inputTokens, { provider, model, type: 'prompt' });
    if (outputTokens > 0) tokens.add(outputTokens, { provider, model, type: 'completion' });
    span.setAttributes(responseAttributes(details));
    if (result !== 'success' && result !== 'cancelled') {
      const err = withoutProviderMessage(error);
      failSpan(span, err);
      const ids = { provider, model, result };
      const fields = { ...ids, status_code: statusOf(error), duration_ms: durationMs, err };
      logger.error({ event: 'ai_request_failed', ...fields }, 'ai request failed');
    }
    span.end();
  };
  return { initializeModel, record };
}

function responseAttributes(details: ResponseDetails) {
  return {
    'gen_ai.response.time_to_first_chunk': details.secondsToFirstChunk,
    'gen_ai.response.model': details.model,
    'gen_ai.response.id': details.id,
    'gen_ai.response.finish_reasons': details.finishReasons,
    'gen_ai.usage.input_tokens': details.inputTokens,
    'gen_ai.usage.output_tokens': details.outputTokens,
  };
}

function resultOf(error: unknown): 'success' | 'error' | 'timeout' | 'cancelled' {
  if (error === undefined) return 'success';
  if (isTimeout(error)) return 'timeout';
  return isCancelled(error) ? 'cancelled' : 'error';
}

function statusOf(error: unknown): number | undefined {
  if (!isNativeError(error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/** The same error with a message of ours: the provider's may quote the prompt. */
function withoutProviderMessage(error: unknown): Error {
  const status = statusOf(error);
  const message = status === undefined ? 'The request failed.' : `The provider answered ${status}.`;
  const safe = new Error(message);
  safe.name = errorTypeName(error);
  if (!isNativeError(error)) return safe;
  const calls = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  safe.stack = [`${safe.name}: ${message}`, ...calls].join('\n');
  if ('code' in error && typeof error.code === 'string') Object.assign(safe, { code: error.code });
  if (status === undefined && error.cause !== undefined) safe.cause = error.cause;
  return safe;
}
