import { json } from 'node:stream/consumers';
import { startServer } from '@watchkeeper/testing/server';

/** A span as OTLP/JSON carries it; only what the tests read. */
interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** Spans of other traces that it belongs to. */
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly name: string;
  readonly service: string;
}

interface TracesRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Omit<ReceivedSpan, 'service'>[] }[];
  }[];
}

export type OtlpReceiver = Awaited<ReturnType<typeof startOtlpReceiver>>;

/** Starts a collector that accepts OTLP over HTTP as JSON and keeps every span. */
export async function startOtlpReceiver() {
  const spans: ReceivedSpan[] = [];
  const { url, close } = await startServer(async (request, response) => {
    const body = (await json(request)) as TracesRequest;
    for (const { resource, scopeSpans } of body.resourceSpans) {
      const name = resource.attributes.find(({ key }) => key === 'service.name');
      const service = name?.value.stringValue ?? '';
      spans.push(
        ...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))),
      );
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return { endpoint: url, spans, close };
}
