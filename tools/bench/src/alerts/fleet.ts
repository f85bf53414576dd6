import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MovingPage, readMovingPage } from './moving-page.ts';
import type { Recording } from './recording.ts';

/** Many instances of each app, all of them one server. */
export interface Fleet {
  /** `host:port`; it takes what is meant for an Alertmanager as well. */
  readonly address: string;
  /** Series of all instances together. */
  readonly series: number;
  /** A file of targets that names every instance. */
  readonly targets: string;
  close(): void;
}

/** Starts a server that answers scrapes as so many instances of each recorded app would. */
export async function startFleet(
  recordings: readonly Recording[],
  instancesOfEach: number,
): Promise<Fleet> {
  const pages = new Map(
    recordings.map(({ app, text, contentType, recordedAtMs }) => {
      const page = readMovingPage(text, recordedAtMs);
      return [app, { contentType, page, render: createRenderer(page) }] as const;
    }),
  );
  const answer: RequestListener = (request, response) => {
    const page = pages.get(request.url?.split('/')[1] ?? '');
    if (page === undefined || !request.url?.endsWith('/metrics')) {
      request.resume();
      response.end('{}');
      return;
    }
    response.writeHead(200, { 'content-type': page.contentType });
    response.end(page.render());
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const seriesOfOneEach = [...pages.values()].reduce((sum, { page }) => sum + page.series, 0);
  return {
    address,
    series: seriesOfOneEach * instancesOfEach,
    targets: [...pages.keys()].map((app) => targetsOf(app, address, instancesOfEach)).join(''),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

// One page a second for all instances of an app: Prometheus is to be busy here, nobody else.
function createRenderer(page: MovingPage): () => Buffer {
  const startedAtMs = Date.now();
  let second = -1;
  let text = Buffer.alloc(0);
  return () => {
    const now = Math.floor((Date.now() - startedAtMs) / 1_000);
    if (now !== second) text = Buffer.from(page.at(now));
    second = now;
    return text;
  };
}

function targetsOf(app: string, address: string, instances: number): string {
  const entry = (_: unknown, index: number) =>
    `- targets: ['${address}']\n  labels: { job: ${app}, tier: service, ` +
    `instance: '${app}-${index}:9090', __metrics_path__: /${app}/${index}/metrics }\n`;
  return Array.from({ length: instances }, entry).join('');
}
