import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import {
  type Logger,
  type ManagementHandler,
  sendJson,
  type Telemetry,
} from '@watchkeeper/telemetry';
import { readSmallJson } from '../http/small-body.ts';
import type { FaultSet } from './fault.ts';
import type { Faults } from './faults.ts';

/**
 * Starts the management server with the routes of the faults; a shutdown clears them first.
 * @returns the bound address, such as `127.0.0.1:9464`; nothing with `METRICS_ENABLED=false`
 */
export function serveFaults(
  telemetry: Telemetry,
  faults: Faults<FaultSet>,
): Promise<string | undefined> {
  telemetry.shutdown.on('stop-accepting', 'faults', () => faults.clear());
  return telemetry.startManagement(faultRoutes(faults, telemetry.logger));
}

/**
 * `GET`, `PUT` and `DELETE /faults`, for the management server only.
 * PUT takes faults by name, `{"errors": {"share": 0.5}}`, and injects all of them or none.
 */
export function faultRoutes(
  faults: Faults<FaultSet>,
  logger: Logger,
): Readonly<Record<string, ManagementHandler>> {
  const guarded =
    (handler: ManagementHandler): ManagementHandler =>
    (request, response) =>
      faults.isEnabled ? handler(request, response) : refuseDisabled(response);
  return {
    'GET /faults': guarded((_, response) => sendJson(response, 200, faults.list())),
    'PUT /faults': guarded((request, response) => putFaults(faults, logger, request, response)),
    'DELETE /faults': guarded((_, response) => {
      faults.clear();
      logger.warn({ event: 'fault_changed', fault: 'all', settings: 'off' }, 'faults cleared');
      sendJson(response, 200, {});
    }),
  };
}

function refuseDisabled(response: ServerResponse): void {
  const message = 'Faults are off. Start the service with `FAULTS_ENABLED=true` to allow them.';
  refuse(response, 403, message);
}

async function putFaults(
  faults: Faults<FaultSet>,
  logger: Logger,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readSmallJson(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse(response, 400, 'Expected the body to be a JSON object of faults by name.');
  }
  const { requested, problems } = readFaults(faults.known, body);
  if (problems.length > 0) return refuse(response, 400, problems.join('\n'));
  for (const [name, settings] of requested) {
    faults.set(name, settings);
    logger.warn({ event: 'fault_changed', fault: name, settings }, 'fault injected');
  }
  return sendJson(response, 200, faults.list());
}

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
