import { type Html, html } from '@watchkeeper/viewer';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import { channels, type InboxMessage } from '../receivers/message.ts';

/** Answers which messages told people of an alert. */
export type MessagesOf = (entry: AlertEntry) => readonly InboxMessage[];

/** A message is about a group, which is an alert's name and its job. */
function groupOf(alertname: string, job: string): string {
  // Some channels write a dash where there is no job.
  return `${alertname}\n${job === '-' ? '' : job}`;
}

/** Ties messages to alerts: the same group, from this start of the alert to its next. */
export function tieMessages(
  entries: readonly AlertEntry[],
  messages: readonly InboxMessage[],
): MessagesOf {
  const groups = Map.groupBy(messages, ({ alertname, job }) => groupOf(alertname, job));
  const ends = new Map<string, string>();
  const nextStarts = new Map<string, string>();
  // Of each fingerprint the last start first: what was seen before is the next one.
  const lastFirst = entries.toSorted((one, other) => other.startsAt.localeCompare(one.startsAt));
  for (const entry of lastFirst) {
    const next = nextStarts.get(entry.fingerprint);
    if (next !== undefined) ends.set(idOf(entry), next);
    nextStarts.set(entry.fingerprint, entry.startsAt);
  }
  return (entry) => {
    const { alertname = '', job = '' } = entry.labels;
    const end = ends.get(idOf(entry));
    return (groups.get(groupOf(alertname, job)) ?? []).filter(
      ({ receivedAt }) => receivedAt >= entry.startsAt && (end === undefined || receivedAt < end),
    );
  };
}

/** By which channels people were told, and how often. */
export function toldBy({ notifications }: AlertEntry, messages: readonly InboxMessage[]): Html {
  const counts = channels.map(
    (channel) =>
      [channel, messages.filter((message) => message.channel === channel).length] as const,
  );
  const told = [['webhook', notifications] as const, ...counts].filter(([, count]) => count > 0);
  return html`<ul class="told" aria-label="Told by">${told.map(
    ([channel, count]) => html`<li class="${channel}">${channel} <span>×${count}</span></li>`,
  )}</ul>`;
}
