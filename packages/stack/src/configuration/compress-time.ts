import { formatDuration, parseDuration } from '@watchkeeper/viewer/model/duration';
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { messageOf, StackError } from '../stack-error.ts';
import { compressExpression, compressMs } from './promql.ts';

const groupDurations = ['interval', 'query_offset'];
const ruleDurations = ['for', 'keep_firing_for'];
const globalDurations = ['evaluation_interval', 'rule_query_offset'];
const routeDurations = ['group_wait', 'group_interval', 'repeat_interval'];
// The programs' defaults: they must be written out to be compressed.
const defaultIntervals = { scrape_interval: '1m', evaluation_interval: '1m' };
const defaultRoute = { group_wait: '30s', group_interval: '5m', repeat_interval: '4h' };
const defaultResolveTimeout = '5m';
// Scraped more often than this, a target on a small machine is busy with being scraped.
const minimumIntervalMs = 200;

function mapsIn(parent: unknown, key: string): YAMLMap[] {
  const list = isMap(parent) ? parent.get(key) : undefined;
  return isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : [];
}

function compressKeys(map: unknown, keys: string[], factor: number): void {
  if (!isMap(map)) return;
  for (const key of keys) {
    const node = map.get(key, true);
    if (!isScalar(node)) continue;
    const durationMs = parseDuration(String(node.value));
    if (durationMs !== undefined) node.value = formatDuration(compressMs(durationMs, factor));
  }
}

function setDefaults(document: Document, path: string[], values: Record<string, string>): void {
  for (const [key, value] of Object.entries(values)) {
    if (!document.hasIn([...path, key])) document.setIn([...path, key], document.createNode(value));
  }
}

function compressRule(rule: YAMLMap, factor: number, file: string): void {
  compressKeys(rule, ruleDurations, factor);
  const node = rule.get('expr', true);
  if (!isScalar(node)) return;
  try {
    node.value = compressExpression(String(node.value), factor);
  } catch (error) {
    const name = rule.get('alert') ?? rule.get('record');
    throw new StackError(`${file}, ${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** Changes a document of YAML, unless the factor is 1: then not a byte of the text changes. */
function compress(text: string, factor: number, change: (document: Document) => void): string {
  if (factor === 1) return text;
  const document = parseDocument(text);
  change(document);
  // Lines stay as they are: folding a long expression would only make it harder to compare.
  return document.toString({ lineWidth: 0 });
}

/** Compresses a rule file: `for`, `keep_firing_for`, `interval`, and every duration in an expr. */
export function compressRules(text: string, factor: number, file: string): string {
  return compress(text, factor, ({ contents }) => {
    for (const group of mapsIn(contents, 'groups')) {
      compressKeys(group, groupDurations, factor);
      for (const rule of mapsIn(group, 'rules')) compressRule(rule, factor, file);
    }
  });
}

// A target answers no faster than before, so a timeout only shrinks where it must: to the interval.
function compressScraping(map: unknown, factor: number): void {
  compressKeys(map, ['scrape_interval'], factor);
  if (!isMap(map)) return;
  const intervalMs = parseDuration(String(map.get('scrape_interval')));
  const timeout = map.get('scrape_timeout', true);
  const timeoutMs = isScalar(timeout) ? parseDuration(String(timeout.value)) : undefined;
  if (!isScalar(timeout) || intervalMs === undefined || timeoutMs === undefined) return;
  if (timeoutMs > intervalMs) timeout.value = formatDuration(intervalMs);
}

/** Compresses the intervals and timeouts of prometheus.yml. */
export function compressPrometheus(text: string, factor: number): string {
  return compress(text, factor, (document) => {
    setDefaults(document, ['global'], defaultIntervals);
    const global = document.get('global');
    compressKeys(global, globalDurations, factor);
    compressScraping(global, factor);
    for (const job of mapsIn(document.contents, 'scrape_configs')) compressScraping(job, factor);
  });
}

function compressRoute(route: unknown, factor: number): void {
  compressKeys(route, routeDurations, factor);
  for (const child of mapsIn(route, 'routes')) compressRoute(child, factor);
}

/** Compresses the grouping, repetition and resolve durations of alertmanager.yml. */
export function compressAlertmanager(text: string, factor: number): string {
  return compress(text, factor, (document) => {
    setDefaults(document, ['global'], { resolve_timeout: defaultResolveTimeout });
    setDefaults(document, ['route'], defaultRoute);
    compressKeys(document.get('global'), ['resolve_timeout'], factor);
    compressRoute(document.get('route'), factor);
  });
}

/**
 * The largest usable factor. One limit for all durations keeps every ratio: a range that holds four
 * scrapes, which `rate` needs, still holds four.
 */
export function limitFactor(prometheusConfiguration: string, wanted: number): number {
  const document = parseDocument(prometheusConfiguration);
  setDefaults(document, ['global'], defaultIntervals);
  const jobs = mapsIn(document.contents, 'scrape_configs').map((job) => job.get('scrape_interval'));
  const global = ['scrape_interval', 'evaluation_interval'].map((key) =>
    document.getIn(['global', key]),
  );
  const intervals = [...jobs, ...global].flatMap((text) => parseDuration(String(text)) ?? []);
  return Math.max(1, Math.min(wanted, Math.min(...intervals) / minimumIntervalMs));
}
