import type { IncomingMessage, RequestListener } from 'node:http';
import { startServer, type TestServer } from '@watchkeeper/testing/server';

/** A span in OTLP's JSON. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** A collector of traces for `OTEL_EXPORTER_OTLP_PROTOCOL=http/json`. */
export interface Collector extends TestServer {
  readonly spans: readonly ReceivedSpan[];
  /** The path and the headers of each export. */
  readonly deliveries: readonly Pick<IncomingMessage, 'url' | 'headers'>[];
  /** The sender's resource attributes. */
  readonly resource: ReadonlyMap<string, unknown>;
}

/** Starts a collector that keeps all received spans; `otherwise` answers all other requests. */
export async function startCollector(otherwise?: RequestListener): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const deliveries: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  const resourceAttributes = new Map<string, unknown>();
  const server = await startServer(async (request, response) => {
    if (!request.url?.endsWith('/traces')) {
      otherwise?.(request, response);
      return;
    }
    deliveries.push({ url: request.url, headers: request.headers });
    let body = '';
    for await (const part of request) body += part;
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      for (const { key, value } of resource.attributes) {
        resourceAttributes.set(key, value.stringValue);
      }
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  return { ...server, spans, deliveries, resource: resourceAttributes };
}
