import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { type ManagementHandler, sendJson, type Telemetry } from '@watchkeeper/telemetry';
import { galleyMetrics } from '../catalogue.ts';
import { readSmallJson } from '../http/small-body.ts';
import type { FaultSet } from './fault.ts';
import { type FaultOrigin, type Faults, faultOrigins } from './faults.ts';

/**
 * Starts the management server with the routes of the faults; a shutdown clears them first.
 * @returns the bound address, such as `127.0.0.1:9464`; nothing with `METRICS_ENABLED=false`
 */
export function serveFaults(
  telemetry: Telemetry,
  faults: Faults<FaultSet>,
): Promise<string | undefined> {
  telemetry.shutdown.on('stop-accepting', 'faults', () => faults.clear());
  return telemetry.startManagement(faultRoutes(faults, telemetry));
}

/**
 * `GET`, `PUT` and `DELETE /faults`, for the management server only.
 * PUT takes faults by name, `{"errors": {"share": 0.5}}`, and injects all of them or none; with
 * `"origin": "drill"` among them nobody is warned of them.
 */
export function faultRoutes(
  faults: Faults<FaultSet>,
  telemetry: Telemetry,
): Readonly<Record<string, ManagementHandler>> {
  const { logger } = telemetry;
  watchFaults(faults, telemetry);
  const guarded =
    (handler: ManagementHandler): ManagementHandler =>
    (request, response) =>
      faults.isEnabled ? handler(request, response) : refuseDisabled(response);
  return {
    'GET /faults': guarded((_, response) => sendJson(response, 200, faults.list())),
    'PUT /faults': guarded((request, response) => putFaults(faults, telemetry, request, response)),
    'DELETE /faults': guarded((_, response) => {
      faults.clear();
      logger.warn({ event: 'fault_changed', fault: 'all', settings: 'off' }, 'faults cleared');
      sendJson(response, 200, {});
    }),
  };
}

function watchFaults(faults: Faults<FaultSet>, telemetry: Telemetry): void {
  const injected = telemetry.declareMetrics(galleyMetrics).gauge('galley_injected_faults');
  injected.collect(() => {
    const active = Object.values(faults.list());
    for (const origin of faultOrigins) {
      injected.set(active.filter((fault) => fault.origin === origin).length, { origin });
    }
  });
}

function refuseDisabled(response: ServerResponse): void {
  const message = 'Faults are off. Start the service with `FAULTS_ENABLED=true` to allow them.';
  refuse(response, 403, message);
}

async function putFaults(
  faults: Faults<FaultSet>,
  { logger }: Telemetry,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readSmallJson(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse(response, 400, 'Expected the body to be a JSON object of faults by name.');
  }
  const { origin = 'hand', ...wanted } = body as Record<string, unknown>;
  if (!isOrigin(origin)) {
    return refuse(response, 400, 'Expected `origin` to be `drill` or `hand`.');
  }
  const { requested, problems } = readFaults(faults.known, wanted);
  if (problems.length > 0) return refuse(response, 400, problems.join('\n'));
  for (const [name, settings] of requested) {
    faults.set(name, settings, origin);
    logger.warn({ event: 'fault_changed', fault: name, settings, origin }, 'fault injected');
  }
  return sendJson(response, 200, faults.list());
}

const isOrigin = (value: unknown): value is FaultOrigin =>
  (faultOrigins as readonly unknown[]).includes(value);

function readFaults(known: FaultSet, body: object) {
  const requested: [string, { expiresInSeconds: number }][] = [];
  const problems: string[] = [];
  for (const [name, settings] of Object.entries(body)) {
    const fault = Object.hasOwn(known, name) ? known[name] : undefined;
    if (fault === undefined) {
      const names = Object.keys(known).join('`, `');
      problems.push(`Expected a fault of \`${names}\`, got \`${name}\`.`);
      continue;
    }
    const result = fault.schema.safeParse(settings);
    if (result.success) requested.push([name, result.data]);
    for (const issue of result.error?.issues ?? []) {
      problems.push(`${[name, ...issue.path].join('.')}: ${issue.message}`);
    }
  }
  return { requested, problems };
}

/** In the format of every app's errors. */
function refuse(response: ServerResponse, statusCode: 400 | 403, message: string): void {
  const error = STATUS_CODES[statusCode];
  const timestamp = new Date().toISOString();
  sendJson(response, statusCode, { statusCode, error, message, timestamp, path: '/faults' });
}
