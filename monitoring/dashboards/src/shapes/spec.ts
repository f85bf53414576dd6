/** A query; its language determines the data source. */
export interface Query {
  readonly language: 'promql' | 'logql' | 'sql';
  readonly expression: string;
  /** The name of a series; `{{label}}` is replaced by its value. */
  readonly legend: string;
  /** Over the time range, or at its end. */
  readonly over: 'range' | 'end';
  /** Returns only the histogram's exemplars, no series. */
  readonly isForExemplars?: boolean;
  /** Why a healthy system has no data for this query, unless that holds for the whole panel. */
  readonly emptyWhenHealthy?: string;
  /** The optional component without which it has no data. */
  readonly needs?: 'jaeger' | 'loki';
}

/** An alert with its limit drawn in the panel, as read from the rule. */
export interface ShownAlert {
  readonly name: string;
  /** The index of the rule's comparison with the limit; 0, the first, by default. */
  readonly comparison?: number;
  /** False if the limit has another scale than the panel. */
  readonly isDrawn?: false;
}

export interface Column {
  readonly title: string;
  readonly unit?: string;
  readonly link?: Link;
}

/** A data link of a value. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

export type PanelKind = 'timeseries' | 'stat' | 'bars' | 'table' | 'logs';

export interface PanelSpec {
  /** Permanent and never reused: links and pictures refer to it. */
  readonly id: number;
  readonly title: string;
  readonly kind: PanelKind;
  /** Columns of the grid's 24. */
  readonly width: number;
  readonly height?: number;
  /** The question that the panel answers. */
  readonly question: string;
  /** Values on a healthy system. */
  readonly normal: string;
  /** Likely causes and next steps otherwise. */
  readonly otherwise: string;
  /** One of Grafana's unit ids. */
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly queries: readonly Query[];
  readonly alerts?: readonly ShownAlert[];
  readonly links?: readonly Link[];
  /** Tables only: the visible columns, by their name in the data source. */
  readonly columns?: Readonly<Record<string, Column>>;
  /** Texts shown in place of values, e.g. `0: 'closed'`. */
  readonly valueTexts?: Readonly<Record<number, string>>;
  /** Shown if there is no data; the dashboard's text if not set. */
  readonly empty?: string;
  /** Why a healthy system has no data; without it the panel must have data once the system is warm. */
  readonly emptyWhenHealthy?: string;
  readonly isStacked?: boolean;
  /** The maximum number of points per line, for panels with very many lines. */
  readonly maxPoints?: number;
}

export interface DashboardSpec {
  /** Also the name of its file, and the last part of its URL, to which alerts link. */
  readonly uid: string;
  readonly title: string;
  /** Its content, in one sentence. */
  readonly purpose: string;
  /** Its variables, besides the data sources and `job`. */
  readonly moreVariables?: readonly ('instance' | 'level' | 'text')[];
  /** Shown in panels without data that have no text of their own. */
  readonly empty: string;
  /** The default time range; `1h` if not set. */
  readonly range?: string;
  readonly panels: readonly PanelSpec[];
}
