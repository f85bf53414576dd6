import { ai } from './ai.ts';
import { business } from './business.ts';
import { database } from './database.ts';
import { events } from './events.ts';
import { http } from './http.ts';
import { infrastructure } from './infrastructure.ts';
import { internals } from './internals.ts';
import { logs } from './logs.ts';
import { overview } from './overview.ts';
import { postgres } from './postgres.ts';
import { probes } from './probes.ts';
import { realtime } from './realtime.ts';
import { runtime } from './runtime.ts';
import type { DashboardSpec } from './shapes/spec.ts';
import { slo } from './slo.ts';
import { stack } from './stack.ts';

export { annotations } from './shapes/annotations.ts';
export { buildDashboard, home, sourcesOf } from './shapes/dashboard.ts';
export { fillMacros, interpolate } from './shapes/interpolate.ts';
export { rawMetricsOf, recordingRules, ruleFilesOf } from './shapes/recorded.ts';

export type { DashboardSpec, PanelSpec, Query } from './shapes/spec.ts';
export { sources } from './shapes/targets.ts';
export { limitsOf, stepOf } from './shapes/thresholds.ts';
export { variableNames } from './shapes/variables.ts';
export { describeLimit, formatValue } from './shapes/wording.ts';

/** Every dashboard, in the order in which to learn them. */
export const dashboards: readonly DashboardSpec[] = [
  overview,
  http,
  runtime,
  database,
  postgres,
  events,
  realtime,
  business,
  ai,
  infrastructure,
  slo,
  logs,
  probes,
  stack,
  internals,
];
