import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedRules } from '@watchkeeper/dashboards';
import { parse } from 'yaml';
import type { WrittenSeries } from './blocks/block.ts';
import type { Shape } from './blocks/shape.ts';

/** A series of a running system, and what it was just now. */
export interface LiveSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const configuration = join(shippedRules, '../prometheus.yml');
// Few shapes, so that fifteen days are written in a minute; each series is stored by itself.
const seeds = 8;
const highestLevel = 15;
const manyBytes = 1_000_000;

const constants =
  /^(up|pg_up|build_info|ALERTS|nodejs_version_info)$|start_time|objective|heartbeat|_max$|_limit$|discovered/;
const counters = /_(total|bucket|sum|count)$|^otelcol_receiver|_deadlocks$|^node_time_seconds$/;

/** Makes one instance of each app, and of each machine, so many; each has series of its own. */
export function multiply(live: readonly LiveSeries[], instances: number): WrittenSeries[] {
  const targets = targetsOf(live);
  const scrapes = readScrapeSteps();
  const ruleSteps = readRuleSteps(scrapes.evaluationMs);
  return live.flatMap(({ labels, value }) => {
    const { __name__: name = '', instance } = labels;
    // A recorded series may have lost the label of its job.
    const { job = '', tier } = targets.get(instance ?? '') ?? {};
    const isService = tier === 'service';
    // What fires does so here all day; one machine's is as much as any day has.
    const isMultiplied = isService || job === 'node-exporter';
    const isMany = instance !== undefined && isMultiplied && name !== 'ALERTS';
    const scrapeMs = isService ? scrapes.servicesMs : scrapes.othersMs;
    const stepMs = ruleSteps.get(name) ?? scrapeMs;
    return Array.from({ length: isMany ? instances : 1 }, (_, index) => {
      const own = isMany ? { ...labels, instance: `${job}-${index}:9090` } : labels;
      return { labels: own, stepMs, shape: shapeOf(name, own, value) };
    });
  });
}

/** Every target by its instance. */
function targetsOf(live: readonly LiveSeries[]): ReadonlyMap<string, LiveSeries['labels']> {
  const ups = live.filter(({ labels }) => labels.__name__ === 'up');
  return new Map(ups.map(({ labels }) => [labels.instance ?? '', labels]));
}

/** How far apart samples are, as the configuration ships: what people watch is scraped more often. */
function readScrapeSteps() {
  const { global, scrape_configs: jobs } = parse(readFileSync(configuration, 'utf8')) as {
    global: { scrape_interval: string; evaluation_interval: string };
    scrape_configs: { job_name: string; scrape_interval?: string }[];
  };
  const services = jobs.find(({ job_name: name }) => name === 'services');
  return {
    evaluationMs: durationMs(global.evaluation_interval),
    othersMs: durationMs(global.scrape_interval),
    servicesMs: durationMs(services?.scrape_interval ?? global.scrape_interval),
  };
}

/** How far apart the samples of recorded series are: the interval of their rule's group. */
function readRuleSteps(evaluationMs: number): ReadonlyMap<string, number> {
  const steps = new Map<string, number>([['ALERTS', evaluationMs]]);
  for (const file of readdirSync(shippedRules).filter((one) => one.endsWith('.rules.yml'))) {
    const { groups } = parse(readFileSync(join(shippedRules, file), 'utf8')) as {
      groups: { interval?: string; rules: { record?: string }[] }[];
    };
    for (const { interval, rules } of groups) {
      for (const { record } of rules) {
        if (record !== undefined)
          steps.set(record, interval === undefined ? evaluationMs : durationMs(interval));
      }
    }
  }
  return steps;
}

function durationMs(interval: string): number {
  const [, amount, unit] = /^(\d+)(s|m)$/.exec(interval) ?? [];
  if (amount === undefined) throw new Error(`Expected an interval in s or m, got ${interval}.`);
  return Number(amount) * (unit === 'm' ? 60_000 : 1_000);
}

/** Like what it is: a sum that rises, a length, bytes, or a share with all its digits. */
function shapeOf(name: string, labels: WrittenSeries['labels'], value: number): Shape {
  const seed = seedOf(labels);
  if (constants.test(name)) return { kind: 'constant', value };
  if (counters.test(name)) return { kind: 'counter', seed, level: levelOf(labels.le) };
  if (!Number.isInteger(value)) return { kind: 'share', seed };
  return { kind: value >= manyBytes ? 'bytes' : 'count', seed };
}

/** The same for all buckets of an instance, of which a higher one must hold more. */
function seedOf({ le: _, ...labels }: WrittenSeries['labels']): number {
  let sum = 0;
  for (const character of Object.values(labels).join()) sum += character.charCodeAt(0);
  return sum % seeds;
}

function levelOf(le: string | undefined): number {
  if (le === undefined) return 0;
  const bound = Number(le.replace('+Inf', 'Infinity'));
  if (bound === Number.POSITIVE_INFINITY) return highestLevel;
  // From a millisecond to a minute: two levels for each doubling.
  const level = Math.round(2 * Math.log2(bound / 0.001) * 0.45);
  return Math.min(highestLevel - 1, Math.max(0, level));
}
