import type { DrillSystem } from '../systems/system.ts';
import { readAppsWithFaults } from './active-faults.ts';
import { createPrometheus, readInbox } from './monitoring-clients.ts';
import { messageOf } from './wait-until.ts';

/** What is known of a system when its health is judged. */
export interface HealthFacts {
  /** What is wrong with the processes. */
  readonly unhealthyComponents: readonly string[];
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly state: string;
  }[];
  /** Targets that do not answer scrapes. */
  readonly targetsDown: readonly { readonly job: string; readonly instance: string }[];
  readonly failingRules: readonly string[];
  /** Faults that are on, by app. */
  readonly faults: Readonly<Record<string, readonly string[]>>;
  readonly heartbeat: string;
  /** Visits a second. */
  readonly trafficRate: number;
}

/** What does not count: another drill's alerts, or those about a machine that others use too. */
export type AlertFilter = (alert: Readonly<Record<string, string>>) => boolean;

/** Whether an alert is about the machine, which a drill neither owns nor needs to itself. */
export const isHostAlert: AlertFilter = ({ component }) => component === 'host';

/** What is wrong with the system, each with its cure; empty when it is healthy. */
export function findHealthProblems(
  facts: HealthFacts,
  isTolerated: AlertFilter = isHostAlert,
): string[] {
  const relevant = facts.alerts.filter(
    ({ labels, state }) =>
      labels.alertname !== 'Watchdog' && state === 'firing' && !isTolerated(labels),
  );
  const faults = Object.entries(facts.faults).filter(([, names]) => names.length > 0);
  return [
    ...facts.unhealthyComponents,
    ...relevant.map(
      ({ labels }) => `${describeAlert(labels)} fires. See runbooks/${labels.alertname}.md`,
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
        `${app} has the faults ${names.join(', ')} switched on. End them: manage ${app} DELETE /faults`,
    ),
    ...(facts.heartbeat === 'alive'
      ? []
      : [
          `The heartbeat is ${facts.heartbeat}: notifications may not arrive. See runbooks/Watchdog.md`,
        ]),
    ...(facts.trafficRate > 0
      ? []
      : [
          'There is no traffic to fail. Set it: manage traffic PUT /rate \'{"ratePerSecond": 20}\'',
        ]),
  ];
}

/** An alert in a few words: its name, and what tells it from others of that name. */
export function describeAlert(labels: Readonly<Record<string, string>>): string {
  const of = labels.job ?? labels.service;
  return `${labels.alertname}${of === undefined ? '' : ` of ${of}`}`;
}

/** Asks the system for all that its health is judged by; what can't be asked is an ailment. */
export async function collectHealthFacts(system: DrillSystem): Promise<HealthFacts> {
  const unhealthyComponents = [...(await system.unhealthyComponents())];
  const ask = async <T>(what: string, question: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await question();
    } catch (error) {
      unhealthyComponents.push(`${what} does not answer: ${messageOf(error)}`);
      return otherwise;
    }
  };
  const prometheus = createPrometheus(system.url('prometheus') ?? '');
  const [alerts, down, rules, inbox, faults, traffic] = await Promise.all([
    ask('Prometheus', () => prometheus.alerts(), []),
    ask('Prometheus', () => prometheus.query('up == 0'), []),
    ask('Prometheus', () => prometheus.rules(), []),
    ask('The inbox', () => readInbox(system.url('oncall') ?? ''), undefined),
    readAppsWithFaults(system, ask),
    ask('traffic', () => system.manage('traffic', 'GET', '/rate'), { ratePerSecond: 0 }),
  ]);
  return {
    unhealthyComponents: [...new Set(unhealthyComponents)],
    alerts,
    targetsDown: down.map(({ labels }) => ({
      job: labels.job ?? '',
      instance: labels.instance ?? '',
    })),
    failingRules: rules.filter(({ health }) => health === 'err').map(({ name }) => name),
    faults,
    heartbeat: inbox?.heartbeat.status ?? 'unknown',
    trafficRate: (traffic as { ratePerSecond: number }).ratePerSecond,
  };
}
