import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server beside the service under test, in the test's own process. */
export interface Neighbour {
  readonly url: string;
  close(): void;
}

/** Starts a server that answers with `listener`, as well or as badly as the test needs. */
export async function startNeighbour(listener: RequestListener): Promise<Neighbour> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A span as OTLP's JSON has it. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** A collector of traces for `OTEL_EXPORTER_OTLP_PROTOCOL=http/json`. */
export interface Collector extends Neighbour {
  readonly spans: readonly ReceivedSpan[];
  /** Under which paths it was sent spans, and with which headers. */
  readonly deliveries: readonly Pick<IncomingMessage, 'url' | 'headers'>[];
  /** What the sender says of itself, by attribute. */
  readonly resource: ReadonlyMap<string, unknown>;
}

/** Starts a collector that keeps every span it is sent; `otherwise` answers all other requests. */
export async function startCollector(otherwise?: RequestListener): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const deliveries: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  const sender = new Map<string, unknown>();
  const neighbour = await startNeighbour(async (request, response) => {
    if (!request.url?.endsWith('/traces')) {
      otherwise?.(request, response);
      return;
    }
    deliveries.push({ url: request.url, headers: request.headers });
    let body = '';
    for await (const part of request) body += part;
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      for (const { key, value } of resource.attributes) sender.set(key, value.stringValue);
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  return { ...neighbour, spans, deliveries, resource: sender };
}
