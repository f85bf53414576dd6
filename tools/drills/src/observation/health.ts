import { appNames } from '@watchkeeper/stack';
import type { DrillSystem } from '../systems/system.ts';
import { createPrometheus, readInbox } from './monitoring-clients.ts';
import { messageOf } from './wait-until.ts';

export type HealthFacts = Awaited<ReturnType<typeof collectHealthFacts>>;

/** Whether an alert with these labels may fire in a healthy system. */
export type AlertFilter = (labels: Readonly<Record<string, string>>) => boolean;

/** A drill neither owns the machine nor needs it to itself. */
export const isHostAlert: AlertFilter = ({ component }) => component === 'host';

/** Each problem with its fix; empty when the system is healthy. */
export function findHealthProblems(facts: HealthFacts, isTolerated = isHostAlert): string[] {
  const firing = facts.alerts.filter(
    ({ labels, state }) =>
      labels.alertname !== 'Watchdog' && state === 'firing' && !isTolerated(labels),
  );
  const faults = Object.entries(facts.faults).filter(([, names]) => names.length > 0);
  const problems = [
    ...facts.unhealthyComponents,
    ...firing.map(
      ({ labels }) => `${describeAlert(labels)} is firing. See runbooks/${labels.alertname}.md`,
    ),
    ...facts.targetsDown.map(
      ({ job, instance }) =>
        `${job} at ${instance} does not answer scrapes. See runbooks/TargetDown.md`,
    ),
    ...facts.failingRules.map(
      (rule) => `The rule ${rule} fails. See runbooks/PrometheusRuleFailures.md`,
    ),
    ...faults.map(
      ([app, names]) =>
        `${app} has injected faults: ${names.join(', ')}. Undo them: manage ${app} DELETE /faults`,
    ),
  ];
  if (facts.heartbeat !== 'alive') {
    problems.push(
      `The heartbeat is ${facts.heartbeat}: notifications may not arrive. See runbooks/Watchdog.md`,
    );
  }
  if (facts.trafficRate !== undefined && !(facts.trafficRate > 0)) {
    problems.push(
      'There is no traffic. Start it: manage traffic PUT /rate \'{"ratePerSecond": 20}\'',
    );
  }
  return problems;
}

/** An alert's name, and the label that distinguishes it from others of that name. */
export function describeAlert({ alertname, job, service }: Readonly<Record<string, string>>) {
  const owner = job ?? service;
  return `${alertname}${owner === undefined ? '' : ` of ${owner}`}`;
}

export const appsWithFaults = appNames.filter((app) => app !== 'oncall');

/** Reads the facts from the system; a component that does not answer is unhealthy. */
export async function collectHealthFacts(system: DrillSystem) {
  const unhealthy = [...(await system.unhealthyComponents())];
  const read = async <T>(name: string, request: () => Promise<T>, fallback: T): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      unhealthy.push(`${name} does not answer: ${messageOf(error)}`);
      return fallback;
    }
  };
  const prometheus = createPrometheus(system.url('prometheus') ?? '');
  const readFaults = async (app: string) => {
    const faults = await read(app, () => system.manage(app, 'GET', '/faults'), {});
    return [app, Object.keys(faults as object)] as const;
  };
  const apps = appsWithFaults.filter((app) => system.components.includes(app));
  const [alerts, down, rules, inbox, faults, traffic] = await Promise.all([
    read('Prometheus', () => prometheus.alerts(), []),
    read('Prometheus', () => prometheus.query('up == 0'), []),
    read('Prometheus', () => prometheus.rules(), []),
    read('The inbox', () => readInbox(system.url('oncall') ?? ''), undefined),
    Promise.all(apps.map(readFaults)),
    system.components.includes('traffic')
      ? read('traffic', () => system.manage('traffic', 'GET', '/rate'), { ratePerSecond: 0 })
      : undefined,
  ]);
  return {
    // One line for each process that is not ready, or that does not answer.
    unhealthyComponents: [...new Set(unhealthy)],
    alerts: alerts.map(({ labels, state }) => ({ labels, state })),
    targetsDown: down.map(({ labels: { job = '', instance = '' } }) => ({ job, instance })),
    failingRules: rules.filter(({ health }) => health === 'err').map(({ name }) => name),
    // The names of the injected faults by app.
    faults: Object.fromEntries(faults),
    heartbeat: inbox?.heartbeat.status ?? 'unknown',
    // Visits a second; undefined where nobody visits, as in a system of the monitoring alone.
    trafficRate: (traffic as { ratePerSecond: number } | undefined)?.ratePerSecond,
  };
}
