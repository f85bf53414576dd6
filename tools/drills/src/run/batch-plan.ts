import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';

// Drills that may run together: none undoes another's fault early, none inhibits another's
// notification, and no two set one fault differently. A drill that is not listed runs alone.
const plan: readonly (readonly string[])[] = [
  [
    ...['HighErrorRate', 'ErrorBudgetBurnSlow', 'ErrorLogSurge'],
    ...['WebhookDeliveryFailures', 'AIAPIErrors', 'PaymentCaptureErrors', 'ObjectStoreErrors'],
    // A dump fails beside PostgresVacuumBehind, whose undoing drops a table.
    ...['RequestsRateLimited', 'PostgresBackupOld'],
  ],
  [
    ...['EventBacklog', 'EventProcessingStalled', 'WebhookBacklog', 'MessagesDropped'],
    ...['MessageQueueDeep', 'WebSocketMassDisconnect', 'LowCacheHitRate'],
    ...['LedgerInvariantViolated', 'TelemetryDropping', 'HighLatency', 'SlowQueryBurst'],
  ],
  [
    ...['SlowResponseTime', 'PaymentCaptureSlow', 'AIAPISlow', 'ObjectStoreSlow'],
    ...['SlowDatabaseQueries', 'HighMemoryUsage', 'EventHandlerErrors'],
    ...['LockoutBurst', 'RefreshTokenReuse'],
  ],
  [
    ...['DatabasePoolHigh', 'PostgresDeadlocks', 'PostgresConnectionsHigh', 'TargetDown'],
    ...['RequestsStopped', 'ServiceCrashLoop', 'UnhandledErrors'],
  ],
  [
    ...['HighAuthFailureRate', 'FaultInjected', 'TelemetryLabelOverflows', 'OrdersStopped'],
    ...['ProbeFailing', 'ProbeDnsFailing', 'LokiRequestErrors', 'JaegerStorageErrors'],
  ],
  ['DatabasePoolWait', 'JaegerRefusingSpans', 'LogShipperLagging'],
  // Stopped events keep the first from firing, and other errors or a blocked service mute both.
  ['OrderPathFailing', 'ErrorBudgetBurnFast'],
  ['DatabasePoolExhausted', 'LogShipperDropping'],
  [
    ...['EventLoopBlocked', 'LogIngestionStopped', 'FileDescriptorsHigh'],
    ...['GarbageCollectionHigh', 'PostgresLongTransaction', 'PostgresVacuumBehind'],
    ...['PostgresReplicationBehind', 'PostgresCheckpointsTooOften'],
  ],
  ['ServiceDown'],
  ['CircuitBreakerOpen', 'InstanceDown'],
  ['PostgresDown'],
  ['LokiDiscardingLines', 'LokiFlushFailing'],
  // Its six thousand alerts are made of the series of all services.
  ['PrometheusNotificationsQueued'],
  ['HostCpuHigh', 'HostCpuPressure', 'TargetVanished'],
];

// Those that need neither services nor traffic, but the monitoring alone.
const planOfMonitoring: typeof plan = [
  [
    ...['ConfigReloadFailed', 'ExporterCollectorFailing', 'PrometheusScrapeLimitExceeded'],
    ...['PrometheusStorageFailing', 'PrometheusRulesSlow'],
  ],
  ['PrometheusRuleFailures'],
  ['AlertmanagerNotificationsFailing'],
  ['PrometheusNotConnectedToAlertmanager', 'Watchdog'],
  ['SilenceOverEverything'],
];

/** Each batch runs at the same time. */
export function planBatches(pages: readonly DrillablePage[]): DrillablePage[][] {
  const byName = new Map(pages.map((page) => [page.name, page]));
  const planned = [...plan, ...planOfMonitoring].map((names) =>
    names.flatMap((name) => byName.get(name) ?? []),
  );
  const known = new Set([...plan, ...planOfMonitoring].flat());
  const alone = pages.filter(({ name }) => !known.has(name)).map((page) => [page]);
  return [...planned, ...alone].filter((batch) => batch.length > 0);
}

/** Whether a batch can run on a system without services. */
export function needsOnlyMonitoring([first]: readonly DrillablePage[]): boolean {
  return planOfMonitoring.some((names) => first !== undefined && names.includes(first.name));
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
  const { faults = [], halt = [], pause = [], kill = [], configure = [], crash } = drill;
  const changed = configure.map(({ component }) => component);
  if (crash !== undefined) changed.push(crash.app);
  return [...faults.map(({ app }) => app), ...halt, ...pause, ...kill, ...changed];
}

/** The components that the rule reads from. */
function componentsOfRule({ name, isOfLoki, drill }: DrillablePage): string[] {
  if (isOfLoki || drill.lines) return ['loki', 'promtail'];
  return name === 'LogIngestionStopped' ? ['loki', 'promtail'] : [];
}
