import { z } from 'zod';

// The part of Grafana's classic model that the checks read; the rest may be anything.

const dataSource = z.looseObject({ type: z.string(), uid: z.string() });
const link = z.looseObject({ title: z.string(), url: z.string() });

const target = z.looseObject({
  refId: z.string(),
  datasource: dataSource,
  expr: z.string().optional(),
  rawSql: z.string().optional(),
  legendFormat: z.string().optional(),
  exemplar: z.boolean().optional(),
});

const panel = z.looseObject({
  id: z.number().int().positive(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  datasource: dataSource,
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(target).min(1),
  fieldConfig: z.looseObject({
    defaults: z.looseObject({
      unit: z.string().optional(),
      noValue: z.string().optional(),
      links: z.array(link).optional(),
      thresholds: z
        .object({
          mode: z.string(),
          steps: z.array(z.object({ value: z.number().nullable(), color: z.string() })),
        })
        .optional(),
    }),
    overrides: z.array(
      z.looseObject({
        matcher: z.looseObject({ options: z.unknown() }),
        properties: z.array(z.looseObject({ id: z.string(), value: z.unknown() })),
      }),
    ),
  }),
  options: z.looseObject({
    legend: z.looseObject({ showLegend: z.boolean() }).optional(),
    enableLogDetails: z.boolean().optional(),
  }),
});

export const dashboardModel = z.looseObject({
  uid: z.string(),
  title: z.string(),
  tags: z.array(z.string()),
  schemaVersion: z.number(),
  panels: z.array(panel),
  links: z.array(
    z.looseObject({ type: z.string(), tags: z.array(z.string()), url: z.string().optional() }),
  ),
  templating: z.object({
    list: z.array(
      z.looseObject({ name: z.string(), type: z.string(), query: z.unknown().optional() }),
    ),
  }),
  annotations: z.object({
    list: z.array(z.looseObject({ name: z.string(), expr: z.string(), datasource: dataSource })),
  }),
});

export type DashboardModel = z.infer<typeof dashboardModel>;
export type PanelModel = DashboardModel['panels'][number];
export type TargetModel = PanelModel['targets'][number];

/** A panel in the text of a problem. */
export function nameOf({ id, title }: Pick<PanelModel, 'id' | 'title'>): string {
  return `panel ${id} “${title}”`;
}
