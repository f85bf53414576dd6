import type { AlertEntry } from '../inbox/entry.ts';
import type { Heartbeat } from '../inbox/heartbeat.ts';
import { alertCard, severityOf } from './alert-card.ts';
import { emptyState } from './empty-state.ts';
import { type Html, html } from './html.ts';
import { type PublicAddresses, safeHref } from './links.ts';
import { shell } from './shell.ts';
import { formatDuration, moment } from './time.ts';

/** What the page shows. */
export interface InboxView {
  readonly alerts: readonly AlertEntry[];
  readonly heartbeat: Heartbeat;
  readonly addresses: PublicAddresses;
  /** Where this page is, such as `http://localhost:8025`. */
  readonly origin: string;
  readonly isRefreshing: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const refreshSeconds = 5;
// More than a person can read at three in the morning; the rest is one request away.
const maxShown = { firing: 200, resolved: 50 } as const;
const severityOrder = ['critical', 'warning', 'info', 'other'];

/** The whole inbox: is anything wrong, can alerts reach me, then the alerts. */
export function inboxPage(view: InboxView): Html {
  const firing = view.alerts.filter(({ status }) => status === 'firing').sort(bySeverity);
  const resolved = view.alerts.filter(({ status }) => status === 'resolved').sort(byEnd);
  const mark = firing.length === 0 ? '' : `(${firing.length}) `;
  return shell({
    title: `${mark}On-call inbox`,
    refreshSeconds: view.isRefreshing ? refreshSeconds : undefined,
    body: html`<header class="top">
  <div>
    <p class="brand">Watchkeeper</p>
    <h1>On-call inbox</h1>
  </div>
  ${tools(view)}
</header>
<main>
  ${verdict(firing, view.heartbeat)}
  ${heartbeatLine(view.heartbeat)}
  ${view.alerts.length === 0 && emptyState(view.origin, view.now)}
  ${section('Firing', firing, maxShown.firing, view)}
  ${section('Resolved', resolved, maxShown.resolved, view)}
</main>
<footer>As of ${moment(new Date(view.now).toISOString())}</footer>`,
  });
}

// Stable, so that what started last stays first among equals.
function bySeverity(one: AlertEntry, other: AlertEntry): number {
  const rank = (entry: AlertEntry) => severityOrder.indexOf(severityOf(entry));
  return rank(one) - rank(other);
}

function byEnd(one: AlertEntry, other: AlertEntry): number {
  return (other.endsAt ?? '').localeCompare(one.endsAt ?? '');
}

function tools({ addresses, isRefreshing }: InboxView): Html {
  const links = [
    ['Alertmanager', safeHref(addresses.alertmanagerUrl)],
    ['Prometheus', safeHref(addresses.prometheusUrl)],
  ].map(
    ([title, href]) =>
      href !== undefined &&
      html`<a href="${href}" target="_blank" rel="noopener noreferrer">${title}</a>`,
  );
  return html`<nav class="tools" aria-label="Tools">${links}${
    isRefreshing
      ? html`<a href="/?refresh=off">Pause refresh</a>`
      : html`<a class="paused" href="/">Resume refresh</a>`
  }</nav>`;
}

function verdict(firing: readonly AlertEntry[], heartbeat: Heartbeat): Html {
  if (firing.length === 0 && heartbeat.status === 'alive') {
    return html`<p class="verdict quiet"><strong>All quiet.</strong> No alert is firing.</p>`;
  }
  if (firing.length === 0) {
    // Silence is good news only while the heartbeat says that alerts would arrive.
    return html`<p class="verdict"><strong>Nothing is firing</strong> as far as this page knows.</p>`;
  }
  const [worst] = firing;
  const counts = severityOrder
    .map((name) => [name, firing.filter((entry) => severityOf(entry) === name).length] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const sum = firing.length === 1 ? '1 alert is firing' : `${firing.length} alerts are firing`;
  return html`<p class="verdict ${worst === undefined ? '' : severityOf(worst)}">
    <strong>${sum}</strong> ${counts.join(', ')}</p>`;
}

function heartbeatLine({ status, lastReceivedAt, ageSeconds }: Heartbeat): Html {
  if (lastReceivedAt === null || ageSeconds === null) {
    return html`<p class="heartbeat absent">No heartbeat yet. Until the first one, nothing shows
      that alerts can reach this page.</p>`;
  }
  const age = formatDuration(ageSeconds * 1_000);
  const last = html`Last heartbeat <strong>${age} ago</strong>, ${moment(lastReceivedAt)}.`;
  if (status === 'alive') return html`<p class="heartbeat alive"><span>${last}</span></p>`;
  return html`<p class="heartbeat late" role="alert"><span>${last} It is late: alerts may
    not reach you. Check Prometheus and Alertmanager.</span></p>`;
}

function section(
  title: string,
  entries: readonly AlertEntry[],
  limit: number,
  { addresses, now }: InboxView,
): Html | false {
  if (entries.length === 0) return false;
  const status = title.toLowerCase();
  const hidden = entries.length - limit;
  return html`<section aria-labelledby="${status}">
  <h2 id="${status}">${title} <span class="count">${entries.length}</span></h2>
  <ul class="alerts">${entries.slice(0, limit).map((entry) => alertCard(entry, addresses, now))}</ul>
  ${
    hidden > 0 &&
    html`<p class="more">${hidden} more in
    <a href="/api/v1/alerts?status=${status}">the list as JSON</a>.</p>`
  }
</section>`;
}
