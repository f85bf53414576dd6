import { type Html, html } from '@watchkeeper/viewer';
import type { AlertEntry } from '../inbox/entry.ts';
import { alertGroup, nameOf } from './alert-card.ts';
import { heartbeatLine, muteLine, titleMark, verdict } from './head.ts';
import { bySeverity } from './severity.ts';
import { shell } from './shell.ts';
import { moment } from './time.ts';
import type { InboxView } from './view.ts';

// More than a person reads at night; the rest is in the API.
const maxShown = { firing: 200, resolved: 50 } as const;

/** The inbox: the verdict, the heartbeat, then the alerts. */
export function inboxPage(view: InboxView): Html {
  const firing = view.alerts.filter(({ status }) => status === 'firing').sort(bySeverity);
  const resolved = view.alerts.filter(({ status }) => status === 'resolved').sort(byEnd);
  return shell({
    title: `${titleMark(firing, view.heartbeat)}On-call inbox`,
    isLive: true,
    addresses: view.addresses,
    heading: html`<div><p class="brand">Watchkeeper</p><h1>On-call inbox</h1></div>`,
    main: html`data-region`,
    content: html`${verdict(firing, view.heartbeat)}
  ${muteLine(view.overEverything)}
  ${heartbeatLine(view.heartbeat)}
  ${view.alerts.length === 0 && emptyState(view)}
  ${section('Firing', firing, maxShown.firing, view)}
  ${section('Resolved', resolved, maxShown.resolved, view)}
  <p class="as-of">As of ${moment(new Date(view.now).toISOString())}</p>`,
  });
}

function byEnd(one: AlertEntry, other: AlertEntry): number {
  return (other.endsAt ?? '').localeCompare(one.endsAt ?? '');
}

function section(
  title: string,
  entries: readonly AlertEntry[],
  limit: number,
  view: InboxView,
): Html | false {
  if (entries.length === 0) return false;
  const status = title.toLowerCase();
  const hidden = entries.length - limit;
  const groups = Map.groupBy(entries.slice(0, limit), nameOf);
  return html`<section aria-labelledby="${status}">
  <h2 id="${status}">${title} <span class="count">${entries.length}</span></h2>
  <ul class="alerts">${[...groups.values()].map((group) => alertGroup(group, view))}</ul>
  ${
    hidden > 0 &&
    html`<p class="more">${hidden} more in
    <a href="/api/v1/alerts?status=${status}">the API</a>.</p>`
  }
</section>`;
}

/** Explains an empty inbox, with a command that sends a test. */
function emptyState({ origin, now, isSenderKnown }: InboxView): Html {
  const notification = {
    version: '4',
    groupKey: 'test',
    receiver: 'test',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'TestAlert', severity: 'warning' },
        annotations: { summary: 'Only a test.' },
        startsAt: new Date(now).toISOString(),
        fingerprint: 'test',
      },
    ],
  };
  return html`<section class="empty" aria-labelledby="empty">
  <h2 id="empty">No alerts yet</h2>
  <p>Alerts appear here when Alertmanager sends them, and stay after they are resolved. With a
    heartbeat above, an empty page is good news. Without one, check that Alertmanager's receiver
    points at <code>${origin}/webhooks/alertmanager</code>.</p>
  <p>To see one now, run <code>npm run alert -- test</code>.</p>
  ${
    !isSenderKnown &&
    html`<p>Or send it without Alertmanager; again with <code>resolved</code> in place of
    <code>firing</code> to end it.</p>
  <pre><code>curl -fsS ${origin}/webhooks/alertmanager \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify(notification)}'</code></pre>`
  }
</section>`;
}
