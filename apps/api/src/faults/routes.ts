import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Logger, type ManagementHandler, sendJson } from '@watchkeeper/telemetry';
import { type FaultName, type Faults, faultSchemas } from './faults.ts';

const names = Object.keys(faultSchemas) as FaultName[];

/** `GET`, `PUT` and `DELETE /faults`, for the management server only. */
export function faultRoutes(
  faults: Faults,
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
  sendJson(response, 403, { statusCode: 403, error: 'Forbidden', message });
}

/** The body names faults: `{"errors": {"share": 0.5}}`. Either all of it counts or nothing. */
async function putFaults(
  faults: Faults,
  logger: Logger,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body: unknown = await json(request).catch(() => undefined);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse(response, ['Expected the body to be a JSON object of faults by name.']);
  }
  const changes: (() => void)[] = [];
  const problems: string[] = [];
  for (const [name, settings] of Object.entries(body)) {
    const known = names.find((candidate) => candidate === name);
    if (known === undefined) {
      problems.push(`Expected a fault of \`${names.join('`, `')}\`, got \`${name}\`.`);
      continue;
    }
    const result = faultSchemas[known].safeParse(settings);
    if (result.success) {
      changes.push(() => {
        faults.set(known, result.data);
        const fields = { fault: known, settings: result.data };
        logger.warn({ event: 'fault_changed', ...fields }, 'fault switched on');
      });
    } else {
      for (const issue of result.error.issues) {
        problems.push(`${[name, ...issue.path].join('.')}: ${issue.message}`);
      }
    }
  }
  if (problems.length > 0) return refuse(response, problems);
  for (const change of changes) change();
  return sendJson(response, 200, faults.list());
}

function refuse(response: ServerResponse, problems: readonly string[]): void {
  sendJson(response, 400, { statusCode: 400, error: 'Bad Request', message: problems.join('\n') });
}
