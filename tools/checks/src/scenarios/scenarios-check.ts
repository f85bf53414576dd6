import { readAlerts } from '../alerts/alert-rules.ts';
import type { Check } from '../check.ts';
import { readCorpus } from './corpus.ts';

// Says that alerts arrive; there is no situation in which it may not fire.
const exempt = new Set(['Watchdog']);

/** Every alert has a situation in which it must fire, and no situation names an unknown alert. */
export const scenariosCheck: Check = {
  name: 'scenarios',
  async run(root) {
    const corpus = readCorpus(root);
    const named = corpus.flatMap(({ must, may }) => [...Object.keys(must), ...may]);
    const required = corpus.flatMap(({ must }) => Object.keys(must));
    return compareAlerts(
      readAlerts(root).map(({ name }) => name),
      { named, required },
    );
  },
};

/** What is wrong between the alerts there are and those that the scenarios name. */
export function compareAlerts(
  alerts: readonly string[],
  { named, required }: { named: readonly string[]; required: readonly string[] },
): readonly string[] {
  const folder = 'monitoring/prometheus/scenarios';
  const lacking = alerts.filter((alert) => !exempt.has(alert) && !required.includes(alert));
  const unknown = [...new Set(named)].filter((alert) => !alerts.includes(alert));
  return [
    ...lacking.map((alert) => `${folder}: no scenario must fire \`${alert}\`. Add one.`),
    ...unknown.map((alert) => `${folder}: no rule has the alert \`${alert}\`. Correct the name.`),
  ];
}
