import type { Attributes } from '@opentelemetry/api';

/** What of a request is described; neither its messages nor its stop sequences are read. */
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
export function attributesOfRequest(provider: string, body: RequestLike): Attributes {
  return withoutGaps({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': body.model,
    'gen_ai.request.stream': body.stream === true ? true : undefined,
    'gen_ai.request.max_tokens': body.max_completion_tokens ?? body.max_tokens,
    'gen_ai.request.choice.count': body.n === 1 ? undefined : body.n,
    'gen_ai.request.seed': body.seed,
    'gen_ai.request.temperature': body.temperature,
    'gen_ai.request.top_p': body.top_p,
    'gen_ai.request.frequency_penalty': body.frequency_penalty,
    'gen_ai.request.presence_penalty': body.presence_penalty,
    'gen_ai.output.type': outputTypeOf(body.response_format?.type),
  });
}

/** Where a client asks; its path may hold what is secret. */
export function attributesOfServer(baseUrl: string | undefined): Attributes {
  const url = URL.parse(baseUrl ?? '');
  if (url === null || url.hostname === '') return {};
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return { 'server.address': url.hostname, 'server.port': port };
}

function outputTypeOf(format: string | undefined): string | undefined {
  if (format === undefined) return undefined;
  // `json_object` and `json_schema` are kinds of the same.
  return format.startsWith('json') ? 'json' : format;
}

function withoutGaps(attributes: Readonly<Record<string, Attributes[string] | null>>): Attributes {
  const set = Object.entries(attributes).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(set) as Attributes;
}
