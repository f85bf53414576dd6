import { parseDuration } from '@watchkeeper/viewer/model/duration';
import { readSystems } from '../causes/systems.ts';
import { readCauses } from '../causes/table.ts';
import { readCorpus, shippedRules } from '../scenarios/corpus.ts';
import { type RuleGroup, readRuleGroups } from '../scenarios/relevant-rules.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { type Message, type Notifier, playTimeline } from './play.ts';
import { delayCauses, recordTimeline } from './timeline.ts';

/** What an outage costs those who are on call. */
export interface OutageCost {
  readonly fired: readonly string[];
  /** The names of the alerts, one for each message. */
  readonly pager: readonly string[];
  readonly chat: readonly string[];
  readonly mail: readonly string[];
}

/** A scenario that says how many notifications it may cost. */
export type Outage = Scenario & { readonly notifications: { pager: number; chat: number } };

// As shipped: of rules, where a group has none of its own, and of scrapes.
const defaultIntervalSeconds = 30;
const scrapeSeconds = 15;

/** The corpus' outages. */
export function readOutages(root: string): readonly Outage[] {
  return readCorpus(root).filter((scenario): scenario is Outage => 'notifications' in scenario);
}

/** Plays an outage through Prometheus' rule engine and the running Alertmanager. */
export async function measureOutage(
  root: string,
  outage: Outage,
  { promtool, notifier }: { readonly promtool: string; readonly notifier: Notifier },
): Promise<OutageCost> {
  const groups = readRuleGroups(shippedRules(root));
  const causes = new Set(readCauses(root).causes.map(({ cause }) => cause.alert));
  const recorded = await recordTimeline(outage, { promtool, groups });
  const timeline = delayCauses(recorded, causes, (alert) => lateness(groups, alert));
  const messages = await playTimeline(timeline, notifier, readSystems(root).labelsOf);
  const told = (channel: Message['channel']) =>
    messages
      .filter((message) => message.channel === channel && message.status === 'firing')
      .map(({ alertname }) => alertname);
  const fired = timeline.map(({ labels }) => labels.alertname ?? '');
  return { fired, pager: told('pager'), chat: told('slack'), mail: told('mail') };
}

/** By how much later than at once an alert may be evaluated. */
function lateness(groups: readonly RuleGroup[], name: string): number {
  const group = groups.find(({ rules }) => rules.some(({ alert }) => alert === name));
  const interval = (parseDuration(group?.interval ?? '') ?? defaultIntervalSeconds * 1_000) / 1_000;
  return interval + Math.min(interval, scrapeSeconds);
}
