import { alertsCheck } from './alerts.ts';
import type { Check } from './check.ts';
import { composeCheck } from './compose.ts';
import { dashboardsCheck } from './dashboards.ts';
import { environmentCheck } from './environment.ts';
import { generatedCheck } from './generated.ts';
import { grafanaCheck } from './grafana.ts';
import { notificationsCheck } from './notifications.ts';
import { linksCheck, lockFileCheck, readmeCheck } from './repository.ts';
import { runbooksCheck } from './runbooks.ts';
import { scenariosCheck } from './scenarios.ts';
import {
  alertmanagerCheck,
  createValidatorsCheck,
  lintCheck,
  prometheusCheck,
  typesCheck,
} from './tool-checks.ts';

/** Every check, in the order in which they are run and printed. */
export const checks: readonly Check[] = [
  typesCheck,
  lintCheck,
  alertsCheck,
  scenariosCheck,
  runbooksCheck,
  prometheusCheck,
  alertmanagerCheck,
  notificationsCheck,
  createValidatorsCheck(),
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
    const faults = await check.run(root).catch((error: Error) => [error.message]);
    console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${check.name}`);
    for (const fault of faults) console.log(`     ${fault.replaceAll('\n', '\n     ')}`);
    if (faults.length === 0) counts.passed += 1;
    else counts.failed += 1;
  }
  return counts;
}
