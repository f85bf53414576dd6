import type { Attributes } from '@opentelemetry/api';

/** The parameters that become attributes; messages and stop sequences are never read. */
export interface RequestLike {
  readonly model?: string;
  readonly stream?: boolean | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly n?: number | null;
  readonly seed?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly frequency_penalty?: number | null;
  readonly presence_penalty?: number | null;
  readonly response_format?: { readonly type?: string } | null;
}

/** A request in the GenAI conventions. Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/ */
export function requestAttributes(provider: string, body: RequestLike): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': body.model,
    'gen_ai.request.stream': body.stream === true ? true : undefined,
    'gen_ai.request.max_tokens': body.max_completion_tokens ?? body.max_tokens ?? undefined,
    'gen_ai.request.choice.count': body.n === 1 ? undefined : (body.n ?? undefined),
    'gen_ai.request.seed': body.seed ?? undefined,
    'gen_ai.request.temperature': body.temperature ?? undefined,
    'gen_ai.request.top_p': body.top_p ?? undefined,
    'gen_ai.request.frequency_penalty': body.frequency_penalty ?? undefined,
    'gen_ai.request.presence_penalty': body.presence_penalty ?? undefined,
    'gen_ai.output.type': outputTypeOf(body.response_format?.type),
  };
}

function outputTypeOf(format: string | undefined): string | undefined {
  if (format === undefined) return undefined;
  // Both `json_object` and `json_schema` are `json`.
  return format.startsWith('json') ? 'json' : format;
}
