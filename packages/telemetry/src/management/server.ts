import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { reasonPhrase } from '../http/refusal.ts';
import { denialOf } from '../http/request-guard.ts';
import { describeError } from '../logging/describe-error.ts';
import { type MetricsFormat, metricsContentTypes } from '../metrics/prom-client.ts';
import { type ListenOptions, listen } from '../process/listen.ts';
import { serverLimits } from '../process/server-limits.ts';
import { preferredFormat } from './accept.ts';
import type { Health } from './health.ts';
import { createTokenCheck } from './token.ts';

/** A route of the management server; it sends its own answer, JSON through `sendJson`. */
export type ManagementHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void;

interface ManagementOptions extends ListenOptions {
  readonly token: string | undefined;
  /** Of those who use `routes`; they may read everything else too. By default `token` suffices. */
  readonly operatorToken: string | undefined;
  /** Host names of the server, beside its bind address. */
  readonly allowedHosts: readonly string[];
  readonly health: Health;
  readonly renderMetrics: (format: MetricsFormat) => Promise<string>;
  /** Further routes by `METHOD /path`, such as a service's fault switches. */
  readonly routes?: Readonly<Record<string, ManagementHandler>>;
  readonly onError: (error: Error) => void;
}

/** Answers with a JSON body. */
export function sendJson(response: ServerResponse, statusCode: number, body: unknown): void {
  response.writeHead(statusCode, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(body)}\n`);
}

/**
 * Starts the server that only operators reach: metrics, liveness, readiness. Probes stay open,
 * because an orchestrator has no token; all other routes require a token if one is set,
 * and those of the service the operator's: who scrapes can't inject a fault. Pages that a browser
 * shows reach none of them.
 * @returns its address as `host:port`
 */
export async function startManagementServer(options: ManagementOptions) {
  const routes = new Map(Object.entries({ ...standardRoutes(options), ...options.routes }));
  const isAllowed = createAccess(options);
  const openPaths = new Set(['/health', '/ready']);
  const hosts = [options.bindAddress, ...options.allowedHosts];

  const server = createServer(serverLimits, (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    // Node sends no body in answer to HEAD, so the handler of GET answers it. Source: RFC 9110.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const handler = routes.get(`${request.method} ${path}`) ?? routes.get(`${method} ${path}`);
    const denial = denialOf(request, hosts);
    if (denial !== undefined) {
      const { statusCode, message } = denial;
      sendJson(response, statusCode, { statusCode, error: reasonPhrase(statusCode), message });
    } else if (!openPaths.has(path) && !isAllowed(path, request.headers.authorization)) {
      response.setHeader('www-authenticate', 'Bearer');
      sendJson(response, 401, { statusCode: 401, error: 'Unauthorized' });
    } else if (handler === undefined) {
      sendJson(response, 404, { statusCode: 404, error: 'Not Found', routes: [...routes.keys()] });
    } else {
      void runHandler(handler, request, response);
    }
  });
  // A scraper that stops reading must not hold a socket for ever.
  server.setTimeout(30_000);
  const address = await listen(server, options, 'METRICS_PORT', options.onError);
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { address, close };
}

/** Whether a header's token suffices for a path. */
function createAccess({ token, operatorToken, routes = {} }: ManagementOptions) {
  const ownPaths = new Set(Object.keys(routes).map((route) => route.split(' ')[1]));
  const isOperator = operatorToken === undefined ? undefined : createTokenCheck(operatorToken);
  const isReader = token === undefined ? () => true : createTokenCheck(token);
  return (path: string, header: string | undefined): boolean => {
    if (isOperator?.(header)) return true;
    return isOperator !== undefined && ownPaths.has(path) ? false : isReader(header);
  };
}

async function runHandler(
  handler: ManagementHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await handler(request, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendJson(response, 500, { statusCode: 500, error: describeError(error).message });
  }
}

function standardRoutes({
  health,
  renderMetrics,
}: ManagementOptions): Record<string, ManagementHandler> {
  return {
    'GET /health': (_, response) => sendJson(response, 200, { status: 'up' }),
    'GET /ready': async (_, response) => {
      const report = await health.ready();
      sendJson(response, report.status === 'down' ? 503 : 200, report);
    },
    'GET /health/db': async (_, response) => {
      const result = await health.check('database');
      if (result === undefined) return sendJson(response, 404, { status: 'absent' });
      return sendJson(response, result.status === 'up' ? 200 : 503, result);
    },
    'GET /health/pool': (_, response) => sendJson(response, 200, health.pools()),
    'GET /metrics': createMetricsRoute(renderMetrics),
  };
}

// An unread answer stays in memory until the socket times out.
const maxOpenAnswers = 128;

/** Overlapping scrapes share one rendering and its bytes, so that a hundred cost no more than one. */
function createMetricsRoute(render: ManagementOptions['renderMetrics']): ManagementHandler {
  const renderings = new Map<MetricsFormat, Promise<Buffer>>();
  let openAnswers = 0;
  async function renderOnce(format: MetricsFormat): Promise<Buffer> {
    try {
      return Buffer.from(await render(format));
    } finally {
      renderings.delete(format);
    }
  }

  return async (request, response) => {
    if (openAnswers >= maxOpenAnswers) {
      return sendJson(response, 503, { statusCode: 503, error: 'Too many scrapes at once' });
    }
    openAnswers += 1;
    response.once('close', () => {
      openAnswers -= 1;
    });
    const format = preferredFormat(request.headers.accept);
    const rendering = renderings.get(format) ?? renderOnce(format);
    renderings.set(format, rendering);
    const body = await rendering;
    response.writeHead(200, {
      'content-type': metricsContentTypes[format],
      'content-length': body.byteLength,
      vary: 'accept',
    });
    response.end(body);
  };
}
