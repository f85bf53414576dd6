import { readAlerts } from '../alerts/alert-rules.ts';
import type { Check } from '../check.ts';
import { readCorpus } from './corpus.ts';

// Always fires, to show that alerts arrive.
const exempt = new Set(['Watchdog']);

/** Every alert has a scenario in which it must fire, and no scenario names an unknown alert. */
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

/** Alerts without a scenario, and scenarios of unknown alerts, each with its fix. */
export function compareAlerts(
  alerts: readonly string[],
  { named, required }: { named: readonly string[]; required: readonly string[] },
): readonly string[] {
  const folder = 'monitoring/prometheus/scenarios';
  const missing = alerts.filter((alert) => !exempt.has(alert) && !required.includes(alert));
  const unknown = [...new Set(named)].filter((alert) => !alerts.includes(alert));
  return [
    ...missing.map((alert) => `${folder}: no scenario must fire \`${alert}\`. Add one.`),
    ...unknown.map((alert) => `${folder}: no rule has the alert \`${alert}\`. Correct the name.`),
  ];
}
