import { safeHref } from '@watchkeeper/viewer';
import { type AlertEntry, idOf } from '../inbox/entry.ts';

/** Addresses a browser can open; absent means those that arrive with the alerts. */
export interface PublicAddresses {
  readonly prometheusUrl: string | undefined;
  readonly alertmanagerUrl: string | undefined;
  /** Where this process can make silences; absent means that it can't. */
  readonly alertmanagerQueryUrl: string | undefined;
}

/** One link of an alert. */
export interface AlertLink {
  readonly title: string;
  readonly href: string;
}

/** Where to go from an alert, the most helpful first; its runbook is shown beside it. */
export function linksOf(entry: AlertEntry, addresses: PublicAddresses): readonly AlertLink[] {
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

/** Prometheus writes the address it knows itself by, which often only its own network can open. */
function expressionAddress({ generatorURL }: AlertEntry, { prometheusUrl }: PublicAddresses) {
  if (prometheusUrl === undefined || !URL.canParse(generatorURL)) return generatorURL;
  const { pathname, search } = new URL(generatorURL);
  // Rules of other sources, such as Loki's, lead elsewhere.
  if (!pathname.endsWith('/graph')) return generatorURL;
  return `${withoutSlash(prometheusUrl)}/graph${search}`;
}

/** The inbox' own form, for not every Alertmanager has one; else Alertmanager's, filled in. */
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

/** A matcher of Alertmanager that fits exactly this value. */
export function matcherOf(name: string, value: string): string {
  return `${quoteName(name)}=${quote(value)}`;
}

// Source: https://prometheus.io/docs/alerting/latest/configuration/#utf-8-strict-mode
function quoteName(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : quote(name);
}

function quote(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}
