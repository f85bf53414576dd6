import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@watchkeeper/stack/state-folder';
import { formatDuration, parseDuration } from '@watchkeeper/viewer/model/duration';
import { isScalar, parseDocument, visit } from 'yaml';
import { compressLogql, compressPromql } from '../blocks/compress.ts';

// As shipped, services are scraped every five seconds.
const shippedInterval = 5;

/** In uncompressed seconds: on a busy machine a service can't answer in less than one. */
export function scrapeIntervalSeconds(timeFactor: number): number {
  return Math.max(shippedInterval, timeFactor);
}

/**
 * Copies `monitoring`, shortens how long alerts keep firing, and compresses the rules of Loki's
 * ruler, which the native mode leaves as they are, and those of error budgets and hosts once more.
 * Returns the copy's folder.
 */
export function copyMonitoring(to: string, timeFactor: number): string {
  const from = join(repositoryRoot, 'monitoring');
  const needed = [
    ...['prometheus', 'alertmanager', 'backup', 'blackbox-exporter', 'gate', 'grafana', 'jaeger'],
    ...['loki', 'promtail'],
  ];
  for (const folder of needed.filter((name) => existsSync(join(from, name)))) {
    cpSync(join(from, folder), join(to, folder), { recursive: true });
  }
  const rules = join(to, 'prometheus', 'rules');
  const logRules = join(to, 'loki', 'rules', 'fake');
  changeAll([rules, logRules], shortenQuiet);
  changeAll([logRules], (text) => compressLogRules(text, timeFactor));
  change(join(to, 'prometheus', 'prometheus.yml'), (text) => scrapeLessOften(text, timeFactor));
  // In real time, what is measured is what is shipped.
  if (timeFactor === 1) return to;
  change(join(rules, 'slo.rules.yml'), compressBudgets);
  change(join(rules, 'host.rules.yml'), compressHost);
  change(join(rules, 'runtime.rules.yml'), shortenHour);
  return to;
}

function scrapeLessOften(text: string, timeFactor: number): string {
  const shipped = `scrape_interval: ${shippedInterval}s`;
  if (!text.includes(shipped)) throw new Error(`Expected \`${shipped}\` in prometheus.yml.`);
  return text.replaceAll(shipped, `scrape_interval: ${scrapeIntervalSeconds(timeFactor)}s`);
}

function changeAll(folders: readonly string[], by: (text: string) => string): void {
  for (const folder of folders.filter((path) => existsSync(path))) {
    const names = readdirSync(folder).filter((name) => name.endsWith('.rules.yml'));
    for (const name of names) change(join(folder, name), by);
  }
}

function change(file: string, by: (text: string) => string): void {
  writeFileSync(file, by(readFileSync(file, 'utf8')));
}

/** The YAML with each scalar replaced for which `rewrite` returns a value. */
function rewriteScalars(
  text: string,
  rewrite: (key: string, value: string) => string | undefined,
): string {
  const document = parseDocument(text);
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(value)) value.value = rewrite(String(key), String(value.value)) ?? value.value;
    },
  });
  return document.toString({ lineWidth: 0 });
}

function divide(duration: string, factor: number, minMs = 0): string | undefined {
  const ms = parseDuration(duration);
  return ms === undefined ? undefined : formatDuration(Math.max(minMs, Math.round(ms / factor)));
}

// From here on an alert keeps firing against flapping, and the fault of a drill does not flap.
const flappingMs = 5 * 60_000;

const shortMs = 30_000;

/**
 * Lets alerts end soon. A shorter `keep_firing_for` has a reason of its own, and stays; a cause that
 * outlasts its symptoms does so by as much.
 */
export function shortenQuiet(text: string): string {
  return rewriteScalars(text, (key, value) => {
    const ms = parseDuration(value) ?? 0;
    if (key !== 'keep_firing_for' || ms < flappingMs) return undefined;
    return formatDuration(ms - flappingMs + shortMs);
  });
}

// The `for` of rules about machines is the longest of all.
const hostFactor = 5;

/** Divides `for` only: the windows need the scrapes that they hold. */
export function compressHost(text: string): string {
  return rewriteScalars(text, (key, value) =>
    key === 'for' ? divide(value, hostFactor) : undefined,
  );
}

/**
 * Divides the hour in which starts are counted: even compressed, an alert would last six minutes. It still
 * outlasts ServiceDown, which mutes it.
 */
function shortenHour(text: string): string {
  return text.replaceAll('[1h]', '[12m]');
}

// Three days are long even when compressed.
const budgetFactor = 10;

/** Divides the ranges, not the interval of the evaluation. */
export function compressBudgets(text: string): string {
  return rewriteScalars(text, (key, value) =>
    key === 'expr' ? compressPromql(value, budgetFactor) : undefined,
  );
}

/** Divides `interval`, `for`, `keep_firing_for` and the ranges of each expression of a file of Loki's ruler. */
export function compressLogRules(text: string, timeFactor: number): string {
  return rewriteScalars(text, (key, value) => {
    if (key === 'expr') return compressLogql(value, timeFactor);
    // Loki's ruler evaluates once a second at most.
    const isWait = ['interval', 'for', 'keep_firing_for'].includes(key);
    return isWait ? divide(value, timeFactor, 1_000) : undefined;
  });
}
