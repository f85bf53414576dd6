import type { AlertEntry } from '../inbox/entry.ts';
import { type Html, html } from './html.ts';
import { linksOf, type PublicAddresses, safeHref } from './links.ts';
import { formatDuration, moment } from './time.ts';

// Shown in their own places; an address that is no safe link is shown as text like any other.
const knownAnnotations = ['summary', 'description'];
const linkAnnotations = ['runbook_url', 'dashboard_url'];
const severities = ['critical', 'warning', 'info'];

/** The severity as colours know it; anything of the alert's own making is `other`. */
export function severityOf({ labels }: AlertEntry): string {
  return severities.find((known) => known === labels.severity) ?? 'other';
}

/** One alert: what, since when, where to go next, then its labels. */
export function alertCard(entry: AlertEntry, addresses: PublicAddresses, now: number): Html {
  const { labels, annotations, status } = entry;
  const name = labels.alertname ?? 'Alert without a name';
  return html`<li><article class="alert ${status} ${severityOf(entry)}">
    <header>
      <h3>${name}</h3>
      <p class="badge">${status === 'firing' ? (labels.severity ?? 'firing') : 'resolved'}</p>
      <p class="duration">${status === 'firing' ? 'for' : 'lasted'} ${lasted(entry, now)}</p>
    </header>
    ${annotations.summary !== undefined && html`<p class="summary">${annotations.summary}</p>`}
    ${annotations.description !== undefined && html`<p>${annotations.description}</p>`}
    <p class="times">${times(entry)}</p>
    ${linkList(entry, addresses, name)}
    ${definitions('labels', otherLabels(entry))}
    ${definitions('annotations', otherAnnotations(entry))}
    <p class="receipt">${receipt(entry)}</p>
  </article></li>`;
}

function lasted({ startsAt, endsAt }: AlertEntry, now: number): string {
  const end = endsAt === null ? now : Date.parse(endsAt);
  return formatDuration(end - Date.parse(startsAt));
}

function times({ startsAt, endsAt }: AlertEntry): Html {
  if (endsAt === null) return html`Since ${moment(startsAt)}`;
  return html`${moment(startsAt)} <span aria-label="to">→</span> ${moment(endsAt)}`;
}

function linkList(entry: AlertEntry, addresses: PublicAddresses, name: string): Html | false {
  const links = linksOf(entry, addresses);
  if (links.length === 0) return false;
  const items = links.map(
    ({ title, href }) =>
      html`<a href="${href}" target="_blank" rel="noopener noreferrer">${title}</a>`,
  );
  return html`<nav class="links" aria-label="Links of ${name}">${items}</nav>`;
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
