import { notificationsCheck } from './alertmanager/notifications-check.ts';
import { alertsCheck } from './alerts/alert-rules.ts';
import { causesCheck } from './causes/causes-check.ts';
import type { Check } from './check.ts';
import { composeCheck } from './compose/compose-check.ts';
import { environmentCheck } from './compose/environment-check.ts';
import { dashboardsCheck } from './dashboards/dashboards-check.ts';
import { grafanaCheck } from './dashboards/provisioning-check.ts';
import { generatedCheck } from './generators/files.ts';
import { configCheck } from './mixin/config-check.ts';
import { linksCheck, lockFileCheck, readmeCheck } from './repository/repository-checks.ts';
import {
  alertmanagerCheck,
  codeChecks,
  prometheusCheck,
  validatorsCheck,
} from './repository/tool-checks.ts';
import { runbooksCheck } from './runbooks/runbooks-check.ts';
import { scenariosCheck } from './scenarios/scenarios-check.ts';
import { retentionCheck } from './slo/retention-check.ts';
import { sizesCheck } from './structure/sizes.ts';

/** Every check, in the order in which they are run and printed. */
const checks: readonly Check[] = [
  ...codeChecks,
  sizesCheck,
  alertsCheck,
  configCheck,
  scenariosCheck,
  runbooksCheck,
  prometheusCheck,
  retentionCheck,
  alertmanagerCheck,
  notificationsCheck,
  causesCheck,
  validatorsCheck,
  grafanaCheck,
  dashboardsCheck,
  composeCheck,
  environmentCheck,
  generatedCheck,
  linksCheck,
  lockFileCheck,
  readmeCheck,
];

/** Runs the checks and prints each; resolves to how many passed and failed. */
export async function runChecks(root: string): Promise<{ passed: number; failed: number }> {
  const counts = { passed: 0, failed: 0 };
  for (const check of checks) {
    const problems = await check.run(root).catch((error: Error) => [error.message]);
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${check.name}`);
    for (const problem of problems) console.log(`     ${problem.replaceAll('\n', '\n     ')}`);
    if (problems.length === 0) counts.passed += 1;
    else counts.failed += 1;
  }
  return counts;
}
