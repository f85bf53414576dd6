import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';

// Drills that may run together: none undoes another's fault early, none inhibits another's
// notification, and no two set one fault differently. A drill that is not listed runs alone. Long
// batches come first, so that two systems that share them end at about the same time.
const plan: readonly (readonly string[])[] = [
  [
    ...['SlowResponseTime', 'PaymentCaptureSlow', 'AIAPISlow', 'ObjectStoreSlow'],
    ...['SlowDatabaseQueries', 'HighMemoryUsage', 'EventHandlerErrors'],
    ...['LockoutBurst', 'RefreshTokenReuse'],
  ],
  [
    ...['EventBacklog', 'EventProcessingStalled', 'WebhookBacklog', 'MessagesDropped'],
    ...['MessageQueueDeep', 'WebSocketMassDisconnect', 'LowCacheHitRate'],
    ...['LedgerInvariantViolated', 'TelemetryDropping', 'HighLatency', 'SlowQueryBurst'],
    'OrderPathFailing',
  ],
  [
    ...['HighErrorRate', 'ErrorBudgetBurnSlow', 'ErrorLogSurge'],
    ...['WebhookDeliveryFailures', 'AIAPIErrors', 'PaymentCaptureErrors', 'ObjectStoreErrors'],
    'RequestsRateLimited',
  ],
  [
    ...['ConfigReloadFailed', 'ExporterCollectorFailing', 'ProbeFailing', 'ProbeDnsFailing'],
    ...['PrometheusScrapeLimitExceeded', 'PrometheusStorageFailing', 'PrometheusRulesSlow'],
    ...['LokiRequestErrors', 'JaegerStorageErrors', 'TelemetryLabelOverflows'],
    'OrdersStopped',
  ],
  [
    ...['DatabasePoolHigh', 'PostgresDeadlocks', 'PostgresConnectionsHigh', 'TargetDown'],
    'RequestsStopped',
  ],
  ['PrometheusRuleFailures', 'HighAuthFailureRate', 'FaultInjected'],
  ['PrometheusNotificationsQueued'],
  ['CircuitBreakerOpen', 'InstanceDown'],
  ['AlertmanagerNotificationsFailing'],
  ['PrometheusNotConnectedToAlertmanager', 'Watchdog'],
  ['DatabasePoolWait', 'JaegerRefusingSpans', 'LogShipperLagging'],
  ['EventLoopBlocked', 'LogIngestionStopped', 'ErrorBudgetBurnFast'],
  ['DatabasePoolExhausted', 'LogShipperDropping'],
  ['ServiceDown'],
  ['LokiDiscardingLines', 'LokiFlushFailing'],
  ['SilenceOverEverything'],
  ['PostgresDown'],
  ['HostCpuHigh', 'HostCpuPressure', 'TargetVanished'],
];

/** Each batch runs at the same time. */
export function planBatches(pages: readonly DrillablePage[]): DrillablePage[][] {
  const byName = new Map(pages.map((page) => [page.name, page]));
  const planned = plan.map((names) => names.flatMap((name) => byName.get(name) ?? []));
  const known = new Set(plan.flat());
  const alone = pages.filter(({ name }) => !known.has(name)).map((page) => [page]);
  return [...planned, ...alone].filter((batch) => batch.length > 0);
}

/** A drill that keeps the machine's processors busy shows nothing on one that is busy already. */
export function needsIdleMachine({ drill }: Pick<DrillablePage, 'drill'>): boolean {
  return drill.processors !== undefined;
}

/** Why a drill is impossible on that system; undefined when it is possible. */
export function infeasibleReason(system: DrillSystem, page: DrillablePage): string | undefined {
  const { drill } = page;
  const required = [...componentsOfRule(page), ...componentsOfDrill(drill)];
  const missing = required.find((name) => !system.components.includes(name));
  if (missing) return `${missing} does not run here`;
  if (system.mode === 'native') return undefined;
  if (drill.configure) return 'compose mounts configuration read-only';
  if (drill.lines) return 'compose keeps log files in a volume that this machine cannot read';
  if (drill.load && drill.load.app !== 'gateway') return 'compose publishes no port of that app';
  return undefined;
}

function componentsOfDrill(drill: DrillablePage['drill']): string[] {
  const { faults = [], halt = [], pause = [], kill = [], configure = [] } = drill;
  const changed = configure.map(({ component }) => component);
  return [...faults.map(({ app }) => app), ...halt, ...pause, ...kill, ...changed];
}

/** The components that the rule reads from. */
function componentsOfRule({ name, isOfLoki, drill }: DrillablePage): string[] {
  if (isOfLoki || drill.lines) return ['loki', 'promtail'];
  return name === 'LogIngestionStopped' ? ['loki', 'promtail'] : [];
}
