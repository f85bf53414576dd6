import { type Alert, readAllAlerts, readRecordings } from '../alerts/alert-rules.ts';
import type { Check } from '../check.ts';
import { severityNames } from '../mixin/config.ts';
import { createLabelReader } from './kept-labels.ts';
import { type AlertSelector, type Cause, causesFile, readCauses } from './table.ts';

/** Labels that an alert gets by its job. */
const ofJob = ['system', 'database'];

/** A cause mutes what it explains, and no more: each pair is of alerts that exist, and share labels. */
export const causesCheck: Check = {
  name: 'causes and symptoms',
  async run(root) {
    const { never, causes } = readCauses(root);
    const alerts = Map.groupBy(readAllAlerts(root), ({ name }) => name);
    const reader = createLabelReader(readRecordings(root));
    const hasLabel = (alert: Alert, label: string) =>
      label in alert.labels || (!isOfLoki(alert) && reader.keeps(alert.expr, label));
    const unknown = [
      ...never,
      ...causes.flatMap(({ cause, explains }) => [cause, ...explains].map((each) => each.alert)),
    ].filter((name) => !alerts.has(name));
    if (unknown.length > 0) {
      return [...new Set(unknown)].map(
        (name) =>
          `${causesFile}: no rule has the alert \`${name}\`. Correct the name, or remove it.`,
      );
    }
    const find = ({ alert }: AlertSelector) => alerts.get(alert) ?? [];
    return [
      ...causes.flatMap((pair) => [
        ...mutedForEver(pair, never),
        ...severityProblems(pair, find),
        ...labelProblems(pair, find, hasLabel),
      ]),
      ...cycles(causes),
    ];
  },
};

type Find = (selector: AlertSelector) => readonly Alert[];

/** Its expressions are LogQL; a rule of Loki sets its labels itself. */
const isOfLoki = ({ file }: Alert) => file.startsWith('monitoring/loki/');

const where = ({ cause }: Cause, symptom: AlertSelector) =>
  `${causesFile}: \`${cause.text}\` explains \`${symptom.text}\``;

function mutedForEver(pair: Cause, never: readonly string[]): string[] {
  return pair.explains
    .filter(({ alert }) => never.includes(alert))
    .map((symptom) => `${where(pair, symptom)}: it is in \`never\`. Remove it from one of them.`);
}

const rank = ({ labels }: Alert) =>
  (severityNames as readonly string[]).indexOf(labels.severity ?? '');

/** Whoever is paged by the symptom alone would be told of the cause in the chat. */
function severityProblems(pair: Cause, find: Find): string[] {
  const [cause] = find(pair.cause);
  return pair.explains.flatMap((symptom) => {
    const [muted] = find(symptom);
    if (cause === undefined || muted === undefined || rank(cause) <= rank(muted)) return [];
    return [
      `${where(pair, symptom)}: expected the cause to be at least \`${muted.labels.severity}\`, got \`${cause.labels.severity}\`: what is left would tell too few people.`,
    ];
  });
}

/** Alertmanager takes two alerts without a label for alerts that share it. */
function labelProblems(
  pair: Cause,
  find: Find,
  hasLabel: (alert: Alert, label: string) => boolean,
): string[] {
  const needed = (pair.equal ?? ['job']).map((label) => (ofJob.includes(label) ? 'job' : label));
  return pair.explains.flatMap((symptom) =>
    [...new Set(needed)].flatMap((label) => {
      const lacking = [...find(pair.cause), ...find(symptom)].find(
        (alert) => !hasLabel(alert, label),
      );
      if (lacking === undefined) return [];
      return [
        `${where(pair, symptom)}: expected both to have the label \`${label}\`, got none of \`${lacking.name}\`: its expression drops it, and Alertmanager would take that for the same. Keep it with \`by\`, or compare another one.`,
      ];
    }),
  );
}

function cycles(causes: readonly Cause[]): string[] {
  const explained = Map.groupBy(causes, ({ cause }) => cause.alert);
  const next = (alert: string) =>
    (explained.get(alert) ?? []).flatMap(({ explains }) => explains.map((each) => each.alert));
  /** From an alert back to it, by the shortest way. */
  const pathBack = (start: string): string[] | undefined => {
    const queue = [[start]];
    const seen = new Set<string>();
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      for (const alert of next(path.at(-1) ?? '')) {
        if (alert === start) return [...path, start];
        if (!seen.has(alert)) queue.push([...path, alert]);
        seen.add(alert);
      }
    }
    return undefined;
  };
  const paths = [...explained.keys()].flatMap((alert) => {
    const path = pathBack(alert);
    // Once, from its first alert by name.
    return path === undefined || [...path].sort()[0] !== alert ? [] : [path];
  });
  return paths.map(
    (path) =>
      `${causesFile}: expected no cycle, got ${path.map((alert) => `\`${alert}\``).join(' → ')}: together they would mute each other, and nobody would be told. Remove one of the pairs.`,
  );
}
