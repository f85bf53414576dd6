import { readSmallJson } from '@watchkeeper/galley';
import { type Logger, type ManagementHandler, sendJson } from '@watchkeeper/telemetry';
import { z } from 'zod';
import { maxRatePerSecond } from '../config.ts';
import type { Schedule } from './schedule.ts';

const message = `Expected a number from 0 to ${maxRatePerSecond}.`;
const rateBody = z.object(
  {
    ratePerSecond: z.number({ message }).min(0, { message }).max(maxRatePerSecond, { message }),
  },
  { message: 'Expected an object such as `{"ratePerSecond": 2}`.' },
);

/** `GET` and `PUT /rate` of the management server. */
export function rateRoutes(
  schedule: Schedule,
  logger: Logger,
): Readonly<Record<string, ManagementHandler>> {
  return {
    'GET /rate': (_, response) => {
      sendJson(response, 200, { ratePerSecond: schedule.ratePerSecond() });
    },
    'PUT /rate': async (request, response) => {
      const body = rateBody.safeParse(await readSmallJson(request));
      if (!body.success) {
        const validationErrors = body.error.issues.map(({ path, message }) => ({
          field: ['body', ...path].join('.'),
          message,
        }));
        return sendJson(response, 400, {
          statusCode: 400,
          error: 'Bad Request',
          message: validationErrors.map(({ message }) => message).join(' '),
          timestamp: new Date().toISOString(),
          path: '/rate',
          validationErrors,
        });
      }
      const { ratePerSecond } = body.data;
      const fields = {
        rate_per_second: ratePerSecond,
        previous_rate_per_second: schedule.ratePerSecond(),
      };
      schedule.setRate(ratePerSecond);
      logger.info({ event: 'traffic_rate_changed', ...fields }, 'rate changed');
      return sendJson(response, 200, { ratePerSecond });
    },
  };
}
