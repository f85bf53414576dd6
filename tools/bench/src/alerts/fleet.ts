import { startServer } from '@watchkeeper/testing/server';
import { type MovingPage, readMovingPage } from './moving-page.ts';
import type { Recording } from './recording.ts';

/** Many instances of each app, all served by one server. */
export type Fleet = Awaited<ReturnType<typeof startFleet>>;

/**
 * Starts a server that answers scrapes as that many instances of each recorded app; `targets` is a
 * file with all of them. It also accepts requests meant for an Alertmanager.
 */
export async function startFleet(recordings: readonly Recording[], instancesOfEach: number) {
  const pages = new Map(
    recordings.map(({ app, text, contentType, recordedAtMs }) => {
      const render = createRenderer(readMovingPage(text, recordedAtMs));
      return [app, { contentType, render }] as const;
    }),
  );
  const { server, port, close } = await startServer((request, response) => {
    const page = pages.get(request.url?.split('/')[1] ?? '');
    if (page === undefined || !request.url?.endsWith('/metrics')) {
      request.resume();
      response.end('{}');
      return;
    }
    response.writeHead(200, { 'content-type': page.contentType });
    response.end(page.render());
  });
  server.keepAliveTimeout = 60_000;
  const address = `127.0.0.1:${port}`;
  const targets = recordings.map(({ app }) => formatTargets(app, address, instancesOfEach));
  return { address, targets: targets.join(''), close };
}

// One text a second for all instances of an app: Prometheus is to be busy here, not this process.
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

function formatTargets(app: string, address: string, instances: number): string {
  const entry = (_: unknown, index: number) =>
    `- targets: ['${address}']\n  labels: { job: ${app}, tier: service, ` +
    `instance: '${app}-${index}:9090', __metrics_path__: /${app}/${index}/metrics }\n`;
  return Array.from({ length: instances }, entry).join('');
}
