import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check.ts';
import { readAllSlos, secondsIn, windowOf } from './document.ts';

const file = 'docker-compose.monitoring.yml';

/** Prometheus keeps the whole window of the objectives; else the budget is of a shorter one. */
export const retentionCheck: Check = {
  name: 'retention',
  async run(root) {
    return retentionProblems(readFileSync(join(root, file), 'utf8'), windowOf(readAllSlos(root)));
  },
};

/** What is wrong with the default in the compose file, from which native mode takes it too. */
export function retentionProblems(text: string, window: string): readonly string[] {
  const [, kept] = /PROMETHEUS_RETENTION_TIME:-([^}]*)/.exec(text) ?? [];
  if (kept === undefined) return [`${file}: expected a default of PROMETHEUS_RETENTION_TIME.`];
  if (secondsIn(kept) > secondsIn(window)) return [];
  return [
    `${file}: expected PROMETHEUS_RETENTION_TIME above the window of monitoring/slo, \`${window}\`, got \`${kept}\`. Keep more, or shorten the window.`,
  ];
}
