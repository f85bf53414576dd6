import { HttpError } from '@watchkeeper/telemetry';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import type { Heartbeat } from '../inbox/heartbeat.ts';
import type { InboxMessage } from '../receivers/message.ts';
import type { PublicAddresses } from './links.ts';
import type { MessagesOf } from './notified.ts';

/** What the pages show for one request. */
export interface InboxView {
  readonly alerts: readonly AlertEntry[];
  readonly messages: readonly InboxMessage[];
  readonly messagesOf: MessagesOf;
  readonly heartbeat: Heartbeat;
  readonly addresses: PublicAddresses;
  /** Of this server, such as `http://localhost:8025`. */
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** @throws HttpError 404 */
export function findAlert({ alerts }: InboxView, id: string): AlertEntry {
  const entry = alerts.find((alert) => idOf(alert) === id);
  if (entry !== undefined) return entry;
  throw new HttpError(404, `Unknown alert \`${id}\`; it may have left the inbox.`, {
    code: 'alert_unknown',
  });
}
