import { z } from 'zod';

// What Grafana's documentation names, strictly: Grafana itself ignores a key that it doesn't know.
// https://grafana.com/docs/grafana/latest/administration/provisioning/ and, for `jsonData`, the
// page "Provision the data source" of each type below https://grafana.com/docs/grafana/latest/datasources/

const shift = z.string().regex(/^-?\d+(ms|s|m|h|d)$/);
const tags = z.array(z.strictObject({ key: z.string(), value: z.string().optional() }));

const timeShifts = { spanStartTimeShift: shift.optional(), spanEndTimeShift: shift.optional() };
const managedAlerts = {
  manageAlerts: z.boolean().optional(),
  alertmanagerUid: z.string().optional(),
};
const link = {
  name: z.string(),
  datasourceUid: z.string().optional(),
  urlDisplayLabel: z.string().optional(),
};

/** A data source of a type; `others` replace or add to the keys that all have. */
function dataSource<
  const T extends string,
  J extends z.ZodRawShape,
  O extends z.ZodRawShape = Record<never, never>,
>(type: T, jsonData: J, others: O = {} as O) {
  return z.strictObject({
    name: z.string().min(1),
    uid: z.string().regex(/^[a-z][\w-]{0,39}$/),
    type: z.literal(type),
    // Through Grafana: a browser can't reach the network of the stack.
    access: z.literal('proxy'),
    url: z.url(),
    isDefault: z.boolean().optional(),
    editable: z.boolean().optional(),
    jsonData: z.strictObject(jsonData),
    ...others,
  });
}

const prometheus = dataSource('prometheus', {
  httpMethod: z.enum(['GET', 'POST']).optional(),
  prometheusType: z.enum(['Prometheus', 'Cortex', 'Mimir', 'Thanos']).optional(),
  prometheusVersion: z.string().optional(),
  timeInterval: shift.optional(),
  queryTimeout: shift.optional(),
  cacheLevel: z.enum(['Low', 'Medium', 'High', 'None']).optional(),
  incrementalQuerying: z.boolean().optional(),
  incrementalQueryOverlapWindow: shift.optional(),
  disableRecordingRules: z.boolean().optional(),
  ...managedAlerts,
  exemplarTraceIdDestinations: z
    .array(z.strictObject({ ...link, url: z.string().optional() }))
    .optional(),
});

const derivedField = z.strictObject({
  ...link,
  matcherType: z.enum(['regex', 'label']).optional(),
  matcherRegex: z.string(),
  url: z.string(),
  targetBlank: z.boolean().optional(),
});
const loki = dataSource('loki', {
  maxLines: z.number().int().optional(),
  timeout: z.number().int().optional(),
  ...managedAlerts,
  derivedFields: z.array(derivedField).optional(),
});

const tracesTo = { datasourceUid: z.string(), ...timeShifts, tags: tags.optional() };
const tracesToLogs = z.strictObject({
  ...tracesTo,
  filterByTraceID: z.boolean().optional(),
  filterBySpanID: z.boolean().optional(),
  customQuery: z.boolean().optional(),
  query: z.string().optional(),
});
const namedQuery = z.strictObject({ name: z.string(), query: z.string() });
const jaeger = dataSource('jaeger', {
  nodeGraph: z.strictObject({ enabled: z.boolean() }).optional(),
  tracesToLogsV2: tracesToLogs.optional(),
  tracesToMetrics: z
    .strictObject({ ...tracesTo, queries: z.array(namedQuery).optional() })
    .optional(),
  traceQuery: z.strictObject({ timeShiftEnabled: z.boolean(), ...timeShifts }).optional(),
  spanBar: z.strictObject({ type: z.string(), tag: z.string().optional() }).optional(),
});

const postgres = dataSource(
  'grafana-postgresql-datasource',
  {
    database: z.string(),
    sslmode: z.enum(['disable', 'require', 'verify-ca', 'verify-full']),
    maxOpenConns: z.number().int().optional(),
    maxIdleConns: z.number().int().optional(),
    connMaxLifetime: z.number().int().optional(),
  },
  {
    url: z.string().regex(/^[\w.-]+:\d+$/),
    user: z.string(),
    // The path of its file, never the secret itself: this file is committed.
    secureJsonData: z.strictObject({ password: z.string().regex(/^\$__file\{\/[^}]+\}$/) }),
  },
);

const alertmanager = dataSource('alertmanager', {
  implementation: z.enum(['prometheus', 'mimir', 'cortex']),
  handleGrafanaManagedAlerts: z.boolean().optional(),
});

/** A file below `provisioning/datasources`. */
export const dataSourcesFile = z.strictObject({
  apiVersion: z.literal(1),
  prune: z.boolean().optional(),
  deleteDatasources: z
    .array(z.strictObject({ name: z.string(), orgId: z.number().int().optional() }))
    .optional(),
  datasources: z.array(
    z.discriminatedUnion('type', [prometheus, loki, jaeger, postgres, alertmanager]),
  ),
});

/** A file below `provisioning/dashboards`. */
export const providersFile = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string().min(1),
      orgId: z.number().int().optional(),
      type: z.literal('file'),
      folder: z.string().optional(),
      folderUid: z.string().optional(),
      allowUiUpdates: z.boolean().optional(),
      disableDeletion: z.boolean().optional(),
      // Below it Grafana waits for events of the file system, which bind mounts don't send.
      updateIntervalSeconds: z.number().int().min(11),
      options: z.strictObject({
        path: z.string().min(1),
        foldersFromFilesStructure: z.boolean().optional(),
      }),
    }),
  ),
});
