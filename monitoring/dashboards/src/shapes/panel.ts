import { PanelBuilder as BarsBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DashboardLink,
  type DataTransformerConfig,
  FieldColorBuilder,
  FieldColorModeId,
  type GridPos,
  MappingType,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Limit } from './rules.ts';
import type { Column, PanelSpec } from './spec.ts';
import { sourceOf, target } from './targets.ts';
import { limitsOf, steps } from './thresholds.ts';
import { describe } from './wording.ts';

type AnyBuilder = BarsBuilder | LogsBuilder | StatBuilder | TableBuilder | TimeseriesBuilder;

/** A panel with its text for no data. */
type CompletePanel = PanelSpec & Required<Pick<PanelSpec, 'empty'>>;

export function buildPanel(spec: CompletePanel, position: GridPos): Panel {
  const limits = limitsOf(spec.alerts ?? []);
  const builder = applyCommon(builderFor(spec, limits), spec, limits).id(spec.id).gridPos(position);
  const panel = builder.build();
  // The builders only know dashboard links, with more fields than data links may have.
  if (panel.fieldConfig !== undefined) {
    panel.fieldConfig.defaults.links = (spec.links ?? []).map(plainLink) as DashboardLink[];
  }
  return panel;
}

function plainLink({ title, url }: { title: string; url: string }): Partial<DashboardLink> {
  return { title, url, targetBlank: false };
}

function applyCommon<Builder extends AnyBuilder>(
  builder: Builder,
  spec: CompletePanel,
  limits: readonly Limit[],
): Builder {
  const [first] = spec.queries;
  if (first === undefined) throw new Error(`Expected \`${spec.title}\` to have a query.`);
  builder
    .title(spec.title)
    .description(describe(spec, limits))
    .datasource(sourceOf(first))
    .unit(spec.unit)
    .noValue(spec.empty)
    .targets(spec.queries.map((query, index) => target(query, index, spec.kind)))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(limits)));
  if (spec.decimals !== undefined) builder.decimals(spec.decimals);
  if (spec.min !== undefined) builder.min(spec.min);
  if (spec.max !== undefined) builder.max(spec.max);
  if (spec.maxPoints !== undefined) builder.maxDataPoints(spec.maxPoints);
  if (spec.valueTexts !== undefined) builder.mappings([mapping(spec.valueTexts)]);
  return builder;
}

function mapping(texts: Readonly<Record<number, string>>): ValueMapping {
  const options = Object.entries(texts).map(([value, text], index) => [value, { text, index }]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

function builderFor(spec: PanelSpec, limits: readonly Limit[]): AnyBuilder {
  switch (spec.kind) {
    case 'timeseries':
      return timeseries(spec, limits);
    case 'stat':
      return new StatBuilder()
        .colorMode(limits.length > 0 ? BigValueColorMode.Background : BigValueColorMode.None)
        .graphMode(
          spec.queries[0]?.over === 'range' ? BigValueGraphMode.Area : BigValueGraphMode.None,
        )
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
    case 'bars':
      return new BarsBuilder()
        .orientation(VizOrientation.Horizontal)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
    case 'table':
      return table(spec);
    case 'logs':
      return new LogsBuilder().showTime(true).wrapLogMessage(true).enableLogDetails(true);
  }
}

function timeseries(
  { isStacked = false, queries }: PanelSpec,
  limits: readonly Limit[],
): TimeseriesBuilder {
  const hasExemplars = queries.some(({ isForExemplars }) => isForExemplars);
  const builder = new TimeseriesBuilder()
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new VizTooltipOptionsBuilder()
        // A tooltip with all series would hide the exemplar's tooltip and link.
        .mode(hasExemplars ? TooltipDisplayMode.Single : TooltipDisplayMode.Multi)
        .sort(SortOrder.Descending),
    )
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .lineWidth(1)
    .fillOpacity(isStacked ? 40 : 8)
    .showPoints(VisibilityMode.Never);
  if (isStacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (limits.length > 0) {
    const style = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
    builder.thresholdsStyle(style);
  }
  return builder;
}

function table({ columns = {}, queries, title }: PanelSpec): TableBuilder {
  const names = Object.keys(columns);
  if (names.length === 0) throw new Error(`Expected the table \`${title}\` to have columns.`);
  const transformations: DataTransformerConfig[] = [
    // First, because rows whose metrics have different names would not merge.
    { id: 'filterFieldsByName', options: { include: { names } } },
    ...(queries.length > 1 ? [{ id: 'merge', options: {} }] : []),
    { id: 'organize', options: order(columns) },
  ];
  const builder = new TableBuilder().transformations(transformations);
  for (const { title: column, unit, link } of Object.values(columns)) {
    const properties = [
      ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
      ...(link === undefined ? [] : [{ id: 'links', value: [plainLink(link)] }]),
    ];
    if (properties.length > 0) builder.overrideByName(column, properties);
  }
  return builder;
}

function order(columns: Readonly<Record<string, Column>>) {
  const names = Object.entries(columns);
  return {
    excludeByName: {},
    indexByName: Object.fromEntries(names.map(([name], index) => [name, index])),
    renameByName: Object.fromEntries(names.map(([name, { title }]) => [name, title])),
  };
}
