import { HttpError } from '@watchkeeper/telemetry';
import type { Request } from 'express';
import type { Dependencies } from '../dependencies.ts';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import { readHeartbeat } from '../inbox/heartbeat.ts';
import { groupMessages } from './notified.ts';

export type InboxView = ReturnType<ReturnType<typeof createViewFor>>;

export function createViewFor({ inbox, silences, ...dependencies }: Dependencies) {
  const { configuration, now, formToken } = dependencies;
  return (request: Request) => {
    const [alerts, messages] = [inbox.list(), inbox.messages()];
    return {
      alerts,
      messages,
      acts: inbox.acts(),
      overEverything: silences.overEverything(),
      formToken,
      /** Whether senders need a token. */
      isSenderKnown: configuration.receiverToken !== undefined,
      messagesOf: groupMessages(alerts, messages),
      heartbeat: readHeartbeat(inbox, configuration.heartbeatTimeoutSeconds, now()),
      addresses: configuration,
      /** Of this server, such as `http://localhost:8025`. */
      origin: `${request.protocol}://${request.host}`,
      now: now(),
    };
  };
}

/** @throws HttpError 404 */
export function findAlert({ alerts }: InboxView, id: string): AlertEntry {
  const entry = alerts.find((alert) => idOf(alert) === id);
  if (entry !== undefined) return entry;
  throw new HttpError(404, `Unknown alert \`${id}\`; it may have left the inbox.`, {
    code: 'alert_unknown',
  });
}
