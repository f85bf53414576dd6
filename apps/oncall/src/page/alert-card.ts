import { type Html, html, safeHref } from '@watchkeeper/viewer';
import { acknowledgement, acknowledgementLine } from '../audit/page.ts';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import { anchor, linksOf } from './links.ts';
import { notifiedBy } from './notified.ts';
import { severityOf } from './severity.ts';
import { formatDuration, moment } from './time.ts';
import type { InboxView } from './view.ts';

// Shown elsewhere; an address that is not safe to link is shown as text.
const knownAnnotations = ['summary', 'description'];
const linkAnnotations = ['runbook_url', 'dashboard_url'];

export function nameOf({ labels }: Pick<AlertEntry, 'labels'>): string {
  return labels.alertname ?? 'Alert without a name';
}

/** Alerts of one name: the summary once, then the labels and times of each. */
export function alertGroup(entries: readonly AlertEntry[], view: InboxView): Html | false {
  const [first] = entries;
  if (first === undefined) return false;
  const { status, labels, annotations } = first;
  const badge = status === 'firing' ? (labels.severity ?? 'firing') : 'resolved';
  return html`<li><article class="alert ${status} ${severityOf(first)}">
    <header>
      <h3>${nameOf(first)}</h3>
      <p class="badge">${badge}</p>
      ${entries.length > 1 && html`<p class="count">${entries.length} alerts</p>`}
    </header>
    ${annotations.summary !== undefined && html`<p class="summary">${annotations.summary}</p>`}
    <ul class="occurrences">${entries.map((entry) => occurrence(entry, view))}</ul>
  </article></li>`;
}

function occurrence(entry: AlertEntry, view: InboxView): Html {
  const name = `${nameOf(entry)} ${entry.labels.job ?? ''}`.trim();
  const acknowledged = acknowledgement(entry, view.acts);
  return html`<li id="alert-${idOf(entry)}">
      <p class="duration">${durationOf(entry, view.now)}</p>
      ${
        entry.annotations.description !== undefined &&
        html`<p class="description">${entry.annotations.description}</p>`
      }
      ${definitions('labels', otherLabels(entry))}
      <p class="times">${times(entry)}</p>
      ${acknowledged && html`<p class="acknowledged">Acknowledged by <strong>${acknowledged.by}</strong></p>`}
      ${notifiedBy(entry, view.messagesOf(entry))}
      <nav class="links" aria-label="Links of ${name}">
        <a class="open" href="/alerts/${idOf(entry)}">Open with runbook</a>${links(entry, view)}
      </nav>
    </li>`;
}

/** Everything about one alert. */
export function alertDetails(entry: AlertEntry, view: InboxView): Html {
  const { labels, annotations, status } = entry;
  return html`<article class="alert ${status} ${severityOf(entry)}">
    <header>
      <h1>${nameOf(entry)}</h1>
      <p class="badge">${status === 'firing' ? (labels.severity ?? 'firing') : 'resolved'}</p>
      <p class="duration">${durationOf(entry, view.now)}</p>
    </header>
    ${annotations.summary !== undefined && html`<p class="summary">${annotations.summary}</p>`}
    ${annotations.description !== undefined && html`<p>${annotations.description}</p>`}
    <p class="times">${times(entry)}</p>
    ${acknowledgementLine(entry, view)}
    <nav class="links" aria-label="Links of ${nameOf(entry)}">${links(entry, view)}</nav>
    ${definitions('labels', otherLabels(entry))}
    ${definitions('annotations', otherAnnotations(entry))}
    ${notifiedBy(entry, view.messagesOf(entry))}
    <p class="receipt">${receipt(entry)}</p>
  </article>`;
}

function durationOf({ status, startsAt, endsAt }: AlertEntry, now: number): string {
  const end = endsAt === null ? now : Date.parse(endsAt);
  return `${status === 'firing' ? 'for' : 'lasted'} ${formatDuration(end - Date.parse(startsAt))}`;
}

function times({ startsAt, endsAt }: AlertEntry): Html {
  if (endsAt === null) return html`Since ${moment(startsAt)}`;
  return html`${moment(startsAt)} <span aria-label="to">→</span> ${moment(endsAt)}`;
}

function links(entry: AlertEntry, { addresses }: InboxView): Html {
  return html`${linksOf(entry, addresses).map(({ title, href }) => anchor(href, title))}`;
}

type Pair = readonly [name: string, value: string];

function definitions(kind: string, pairs: readonly Pair[]): Html | false {
  if (pairs.length === 0) return false;
  const items = pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return html`<dl class="${kind}">${items}</dl>`;
}

function otherLabels({ labels }: AlertEntry): readonly Pair[] {
  return Object.entries(labels).filter(([name]) => name !== 'alertname' && name !== 'severity');
}

function otherAnnotations({ annotations, generatorURL }: AlertEntry): readonly Pair[] {
  const isShownAsText = ([name, value]: Pair) =>
    !knownAnnotations.includes(name) &&
    !(linkAnnotations.includes(name) && safeHref(value) !== undefined);
  const pairs: Pair[] = Object.entries(annotations).filter(isShownAsText);
  const isRefused = generatorURL !== '' && safeHref(generatorURL) === undefined;
  return isRefused ? [...pairs, ['generatorURL', generatorURL]] : pairs;
}

function receipt({ notifications, receivedAt, receiver }: AlertEntry): Html {
  const first = receivedAt.firing ?? receivedAt.last;
  if (notifications === 1) return html`Notified once, ${moment(first)} · receiver ${receiver}`;
  return html`Notified ${notifications} times, first ${moment(first)}, last
    ${moment(receivedAt.last)} · receiver ${receiver}`;
}
