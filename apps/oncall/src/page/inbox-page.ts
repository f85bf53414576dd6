import { type Html, html } from '@watchkeeper/viewer';
import type { AlertEntry } from '../inbox/entry.ts';
import type { Heartbeat } from '../inbox/heartbeat.ts';
import type { InboxMessage } from '../receivers/message.ts';
import { alertGroup, type CardContext, nameOf } from './alert-card.ts';
import { emptyState } from './empty-state.ts';
import { heartbeatLine, topBar, verdict } from './head.ts';
import type { PublicAddresses } from './links.ts';
import { bySeverity } from './severity.ts';
import { shell } from './shell.ts';
import { moment } from './time.ts';
import { tieMessages } from './told.ts';

/** What every page of the inbox may show. */
export interface InboxView {
  readonly alerts: readonly AlertEntry[];
  readonly messages: readonly InboxMessage[];
  readonly heartbeat: Heartbeat;
  readonly addresses: PublicAddresses;
  /** Where this page is, such as `http://localhost:8025`. */
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

// More than a person can read at three in the morning; the rest is one request away.
const maxShown = { firing: 200, resolved: 50 } as const;

/** The whole inbox: is anything wrong, can alerts reach me, then the alerts. */
export function inboxPage(view: InboxView): Html {
  const firing = view.alerts.filter(({ status }) => status === 'firing').sort(bySeverity);
  const resolved = view.alerts.filter(({ status }) => status === 'resolved').sort(byEnd);
  return shell({
    title: `${titleMark(firing, view.heartbeat)}On-call inbox`,
    isLive: true,
    body: html`${topBar(view.addresses)}
<main id="main" data-region>
  ${verdict(firing, view.heartbeat)}
  ${heartbeatLine(view.heartbeat)}
  ${view.alerts.length === 0 && emptyState(view.origin, view.now)}
  ${section('Firing', firing, maxShown.firing, view)}
  ${section('Resolved', resolved, maxShown.resolved, view)}
  <p class="as-of">As of ${moment(new Date(view.now).toISOString())}</p>
</main>`,
  });
}

/** What a tab in the background shows: how many fire, or that nobody would know. */
export function titleMark(firing: readonly AlertEntry[], { status }: Heartbeat): string {
  const late = status === 'late' ? '⚠ ' : '';
  return firing.length === 0 ? late : `${late}(${firing.length}) `;
}

function byEnd(one: AlertEntry, other: AlertEntry): number {
  return (other.endsAt ?? '').localeCompare(one.endsAt ?? '');
}

function section(
  title: string,
  entries: readonly AlertEntry[],
  limit: number,
  { addresses, alerts, messages, now }: InboxView,
): Html | false {
  if (entries.length === 0) return false;
  const status = title.toLowerCase();
  const hidden = entries.length - limit;
  const groups = Map.groupBy(entries.slice(0, limit), nameOf);
  const context: CardContext = { addresses, messagesOf: tieMessages(alerts, messages), now };
  return html`<section aria-labelledby="${status}">
  <h2 id="${status}">${title} <span class="count">${entries.length}</span></h2>
  <ul class="alerts">${[...groups.values()].map((group) => alertGroup(group, context))}</ul>
  ${
    hidden > 0 &&
    html`<p class="more">${hidden} more in
    <a href="/api/v1/alerts?status=${status}">the list as JSON</a>.</p>`
  }
</section>`;
}
