/** The parts that the viewer reads of a dashboard in Grafana's classic model (schema 42). */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly time?: { readonly from: string; readonly to: string };
  readonly refresh?: string;
  readonly panels?: readonly Panel[];
  readonly templating?: { readonly list?: readonly VariableModel[] };
  readonly annotations?: { readonly list?: readonly AnnotationModel[] };
}

/** A panel at its place in a grid of 24 columns. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos?: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: { readonly type?: string };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: FieldConfig;
  readonly options?: { readonly colorMode?: string };
  readonly transformations?: readonly Transformation[];
  readonly maxDataPoints?: number;
}

export interface Target {
  readonly refId: string;
  readonly expr?: string;
  readonly rawSql?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
  readonly datasource?: { readonly type?: string };
}

export interface Field {
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly noValue?: string;
  readonly thresholds?: { readonly mode?: string; readonly steps?: readonly Threshold[] };
  readonly mappings?: readonly Mapping[];
  readonly links?: readonly LinkModel[];
  readonly custom?: {
    readonly lineWidth?: number;
    readonly fillOpacity?: number;
    readonly stacking?: { readonly mode?: string };
    readonly thresholdsStyle?: { readonly mode?: string };
  };
}

/** From `value` on, this colour; `null` is from below everything. */
interface Threshold {
  readonly value: number | null;
  readonly color: string;
}

/** Resolve for values. */
interface Mapping {
  readonly type: string;
  readonly options?: Readonly<Record<string, { readonly text?: string }>>;
}

/** A data link, with variables in its address. */
export interface LinkModel {
  readonly title: string;
  readonly url: string;
}

export interface FieldConfig {
  readonly defaults?: Field;
  readonly overrides?: readonly {
    readonly matcher: { readonly id: string; readonly options?: unknown };
    readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
  }[];
}

export interface Transformation {
  readonly id: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface VariableModel {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query?: string | { readonly query?: string };
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string | null;
  readonly current?: { readonly value?: string | readonly string[] } | null;
}

export interface AnnotationModel {
  readonly name: string;
  readonly iconColor?: string;
  readonly expr?: string;
  readonly titleFormat?: string;
  readonly textFormat?: string;
  readonly useValueForTime?: boolean;
}

/** The defaults with the overrides of that field. */
export function fieldNamed({ defaults = {}, overrides = [] }: FieldConfig, name: string): Field {
  const own = overrides
    .filter(({ matcher }) => matcher.id === 'byName' && matcher.options === name)
    .flatMap(({ properties }) => properties.map(({ id, value }) => [id, value] as const));
  return { ...defaults, ...Object.fromEntries(own) };
}
