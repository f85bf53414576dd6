import { type Html, html } from '@watchkeeper/viewer';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import { channels, type InboxMessage, isAbout } from '../receivers/message.ts';

export type MessagesOf = (entry: AlertEntry) => readonly InboxMessage[];

/** Finds the messages of each alert: of its name and job, between this start and the next one. */
export function groupMessages(
  entries: readonly AlertEntry[],
  messages: readonly InboxMessage[],
): MessagesOf {
  const byName = Map.groupBy(messages, ({ alertname }) => alertname);
  const ends = new Map<string, string>();
  const nextStarts = new Map<string, string>();
  // Latest start first, so that the one seen before is the next start.
  const lastFirst = entries.toSorted((one, other) => other.startsAt.localeCompare(one.startsAt));
  for (const entry of lastFirst) {
    const next = nextStarts.get(entry.fingerprint);
    if (next !== undefined) ends.set(idOf(entry), next);
    nextStarts.set(entry.fingerprint, entry.startsAt);
  }
  return (entry) => {
    const { alertname = '', job = '' } = entry.labels;
    const end = ends.get(idOf(entry));
    return (byName.get(alertname) ?? []).filter(
      (message) =>
        isAbout(message, job) &&
        message.receivedAt >= entry.startsAt &&
        (end === undefined || message.receivedAt < end),
    );
  };
}

/** The notification channels used, and how often. */
export function notifiedBy({ notifications }: AlertEntry, messages: readonly InboxMessage[]): Html {
  const counts = channels.map(
    (channel) =>
      [channel, messages.filter((message) => message.channel === channel).length] as const,
  );
  const used = [['webhook', notifications] as const, ...counts].filter(([, count]) => count > 0);
  return html`<ul class="notified" aria-label="Notified by">${used.map(
    ([channel, count]) => html`<li class="${channel}">${channel} <span>×${count}</span></li>`,
  )}</ul>`;
}
