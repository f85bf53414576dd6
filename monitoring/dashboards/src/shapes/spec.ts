/** A question to one of the data sources; which one follows from the language. */
export interface Query {
  readonly language: 'promql' | 'logql' | 'sql';
  readonly expression: string;
  /** What a series is called: `{{label}}` is replaced by its value. */
  readonly legend: string;
  /** Over the time range, or at its end. */
  readonly over: 'range' | 'end';
  /** Brings no series of its own, only the exemplars of the histogram that it names. */
  readonly isForExemplars?: boolean;
  /** Why no data is good news here, where that is not so for the whole panel. */
  readonly emptyWhenHealthy?: string;
  /** The component without which it has no data; not every place has it. */
  readonly needs?: 'jaeger' | 'loki';
}

/** An alert whose limit is drawn in a panel; the limit comes from the rule. */
export interface ShownAlert {
  readonly name: string;
  /** Which comparison of the rule holds the limit, where it has several; 0 is the first. */
  readonly comparison?: number;
  /** False where the panel shows what the alert watches, but not on the scale of its limit. */
  readonly isDrawn?: false;
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly unit?: string;
  readonly link?: Link;
}

/** Where a value of a panel leads. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** What a panel looks like. */
export type PanelKind = 'timeseries' | 'stat' | 'bars' | 'table' | 'logs';

/** Everything about a panel, in the words of who made it. */
export interface PanelSpec {
  /** Kept for ever, and never that of another panel: links and pictures name it. */
  readonly id: number;
  readonly title: string;
  readonly kind: PanelKind;
  /** Of a width of 24. */
  readonly width: number;
  readonly height?: number;
  /** What a person who looks here wants to know. */
  readonly question: string;
  /** What it shows on a good day. */
  readonly normal: string;
  /** What to do when it shows something else. */
  readonly otherwise: string;
  /** One of Grafana's unit ids. */
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly queries: readonly Query[];
  readonly alerts?: readonly ShownAlert[];
  readonly links?: readonly Link[];
  /** Tables only: each column that is shown, by the name that its data source gives it. */
  readonly columns?: Readonly<Record<string, Column>>;
  /** Words for numbers, e.g. `0: 'closed'`. */
  readonly words?: Readonly<Record<number, string>>;
  /** Said instead of a picture where there is no data. */
  readonly empty: string;
  /** Why no data is good news here; a panel without it must have data once the system is warm. */
  readonly emptyWhenHealthy?: string;
  readonly isStacked?: boolean;
  /** How many moments a line has at most, where there are so many lines that it matters. */
  readonly maxPoints?: number;
}

/** Everything about a dashboard. */
export interface DashboardSpec {
  /** Its file, its address and the name by which alerts link to it. */
  readonly uid: string;
  readonly title: string;
  /** What it is for, in one sentence. */
  readonly purpose: string;
  /** What is chosen at its top, beside the data sources. */
  readonly variables: readonly ('job' | 'instance' | 'level' | 'text')[];
  /** How far back it looks at first, e.g. `1h`. */
  readonly range: string;
  readonly panels: readonly PanelSpec[];
}
