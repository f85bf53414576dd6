import { type Html, html, safeHref } from '@watchkeeper/viewer';
import { type AlertEntry, idOf } from '../inbox/entry.ts';

/** Addresses for browsers; undefined for those that the alerts bring. */
export interface PublicAddresses {
  readonly prometheusUrl: string | undefined;
  readonly alertmanagerUrl: string | undefined;
  /** Alertmanager's API for silences; undefined if this process cannot reach it. */
  readonly alertmanagerQueryUrl: string | undefined;
}

/** A link; pages of other servers open in a new tab. */
export function anchor(href: string, title: Html | string): Html {
  if (/^[#/]/.test(href)) return html`<a href="${href}">${title}</a>`;
  return html`<a href="${href}" target="_blank" rel="noopener noreferrer">${title}</a>`;
}

/** The links of an alert, the most helpful first; its runbook is shown beside it. */
export function linksOf(entry: AlertEntry, addresses: PublicAddresses) {
  const { annotations, status } = entry;
  const candidates: readonly (readonly [string, string | undefined])[] = [
    ['Dashboard', annotations.dashboard_url],
    ['Expression', expressionAddress(entry, addresses)],
    ['Silence', status === 'firing' ? silenceAddress(entry, addresses) : undefined],
  ];
  return candidates.flatMap(([title, address]) => {
    const href = safeHref(address);
    return href === undefined ? [] : [{ title, href }];
  });
}

/** Prometheus writes its own address, which often only its own network can open. */
function expressionAddress({ generatorURL }: AlertEntry, { prometheusUrl }: PublicAddresses) {
  if (prometheusUrl === undefined || !URL.canParse(generatorURL)) return generatorURL;
  const { pathname, search } = new URL(generatorURL);
  // Loki's rules have other addresses.
  if (!pathname.endsWith('/graph')) return generatorURL;
  return `${withoutSlash(prometheusUrl)}/graph${search}`;
}

/** The form of this server, because not every Alertmanager has one; else Alertmanager's. */
function silenceAddress(entry: AlertEntry, addresses: PublicAddresses) {
  const { labels, externalURL } = entry;
  const { alertmanagerUrl, alertmanagerQueryUrl } = addresses;
  if (alertmanagerQueryUrl !== undefined) return `/alerts/${idOf(entry)}/silence`;
  const alertmanager = alertmanagerUrl ?? externalURL;
  if (alertmanager === '') return undefined;
  const matchers = Object.entries(labels).map(([name, value]) => matcherOf(name, value));
  const filter = encodeURIComponent(`{${matchers.join(',')}}`);
  return `${withoutSlash(alertmanager)}/#/silences/new?filter=${filter}`;
}

/**
 * An Alertmanager matcher for exactly this value.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#utf-8-strict-mode
 */
export function matcherOf(name: string, value: string): string {
  return `${/^[a-zA-Z_]\w*$/.test(name) ? name : quote(name)}=${quote(value)}`;
}

function quote(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}
