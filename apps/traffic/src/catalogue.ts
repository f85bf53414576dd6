import { counter, gauge, type LogEventCatalogue } from '@watchkeeper/telemetry';

/** What customers come for; `mistake` is whoever does something wrong on purpose. */
export const scenarios = ['menu', 'order', 'delivery', 'mistake'] as const;

/** What customers ask the api for. */
export const operations = [
  'list_restaurants',
  'read_restaurant',
  'create_order',
  'read_order',
  'change_order',
] as const;

/** The traffic's own metrics. */
export const trafficMetrics = {
  traffic_visits_total: counter('Visits that ended, by what the customer came for and how.', {
    scenario: scenarios,
    result: ['completed', 'unexpected', 'failed'],
  }),
  traffic_requests_total: counter(
    'Requests sent; a refusal that the customer provoked is expected, no answer at all is failed.',
    { operation: operations, outcome: ['expected', 'unexpected', 'failed'] },
  ),
  traffic_visits_in_flight: gauge('Visits going on now.', {}),
  traffic_visits_shed_total: counter('Visits that were due but never began, for want of room.', {}),
  traffic_rate_visits_per_second: gauge('Visits that are to begin each second.', {}),
} as const;

/** The traffic's own log events. */
export const trafficLogEvents = {
  traffic_request_failed: {
    level: 'warn',
    meaning:
      'The api did not answer; `repeated` counts what was left out since the last such line.',
    fields: ['operation', 'err', 'repeated'],
  },
  traffic_answer_unexpected: {
    level: 'warn',
    meaning: 'The api answered what no such request should get; `repeated` as above.',
    fields: ['operation', 'err', 'repeated'],
  },
  traffic_visit_shed: {
    level: 'warn',
    meaning: 'A visit was due while too many went on or the process was late; `repeated` as above.',
    fields: ['in_flight', 'repeated'],
  },
  traffic_visit_crashed: {
    level: 'error',
    meaning: 'A visit ended by a fault of the traffic itself; `repeated` as above.',
    fields: ['scenario', 'err', 'repeated'],
  },
  traffic_rate_changed: {
    level: 'info',
    meaning: 'Somebody set another rate through the management server.',
    fields: ['rate_per_second', 'previous_rate_per_second'],
  },
} as const satisfies LogEventCatalogue;
