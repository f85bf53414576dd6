import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@watchkeeper/stack/state-folder';
import { formatDuration, parseDuration } from '@watchkeeper/viewer/model/duration';
import { isScalar, parseDocument, visit } from 'yaml';
import { compressLogql, compressPromql } from '../blocks/compress.ts';

/**
 * Copies `monitoring` with the rules of Loki's ruler compressed, which the native mode leaves as
 * they are, and those of error budgets compressed once more; all else the native mode does itself.
 * Returns the copy's folder.
 */
export function copyMonitoring(to: string, timeFactor: number): string {
  const from = join(repositoryRoot, 'monitoring');
  const needed = ['prometheus', 'alertmanager', 'grafana', 'loki', 'promtail', 'jaeger'];
  for (const folder of needed.filter((name) => existsSync(join(from, name)))) {
    cpSync(join(from, folder), join(to, folder), { recursive: true });
  }
  const rules = join(to, 'loki', 'rules', 'fake');
  for (const name of existsSync(rules) ? readdirSync(rules) : []) {
    const file = join(rules, name);
    writeFileSync(file, compressLogRules(readFileSync(file, 'utf8'), timeFactor));
  }
  change(join(to, 'prometheus', 'rules', 'slo.rules.yml'), compressBudgets);
  change(join(to, 'prometheus', 'rules', 'host.rules.yml'), compressHost);
  return to;
}

function change(file: string, by: (text: string) => string): void {
  writeFileSync(file, by(readFileSync(file, 'utf8')));
}

/** By how much more the `for` of rules about machines is compressed, the longest of all. */
export const hostFactor = 5;

/** Divides how long a rule about a machine waits; its windows need the scrapes that they hold. */
export function compressHost(text: string): string {
  const document = parseDocument(text);
  visit(document, {
    Pair(_, { key, value }) {
      const ms = isScalar(value) && String(key) === 'for' && parseDuration(String(value.value));
      if (isScalar(value) && ms) value.value = formatDuration(Math.round(ms / hostFactor));
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** By how much more the windows of error budgets are compressed: three days are long even then. */
export const budgetFactor = 10;

/** Divides the ranges of the rules about error budgets, not how often they are evaluated. */
export function compressBudgets(text: string): string {
  const document = parseDocument(text);
  visit(document, {
    Pair(_, { key, value }) {
      if (String(key) !== 'expr' || !isScalar(value)) return;
      value.value = compressPromql(String(value.value), budgetFactor);
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Divides `interval`, `for` and the ranges of each expression of a file of Loki's ruler. */
export function compressLogRules(text: string, timeFactor: number): string {
  const document = parseDocument(text);
  visit(document, {
    Pair(_, { key, value }) {
      const name = String(key);
      if (!isScalar(value)) return;
      const written = String(value.value);
      if (name === 'expr') value.value = compressLogql(written, timeFactor);
      if (name !== 'interval' && name !== 'for') return;
      const ms = parseDuration(written);
      // Loki's ruler looks once a second at most.
      if (ms !== undefined) {
        value.value = formatDuration(Math.max(1_000, Math.round(ms / timeFactor)));
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}
