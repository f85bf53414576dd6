import type { BlockResult } from '../blocks/run-block.ts';
import type { AlertTracker, TrackedAlert } from '../observation/alert-tracker.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import type { Timestamps } from './timeline.ts';

/** A drill on its way: what has been seen and what went wrong. */
export interface DrillRun {
  readonly page: DrillablePage;
  readonly timestamps: { -readonly [K in keyof Timestamps]: Timestamps[K] };
  alert?: TrackedAlert;
  /** The labels by which the page's commands are filled in. */
  labels: Readonly<Record<string, string>>;
  /** What the notification carried. */
  annotations?: Readonly<Record<string, string>>;
  readonly blocks: BlockResult[];
  readonly problems: string[];
}

/** What all drills of a wave share. */
export interface Batch {
  readonly system: DrillSystem;
  readonly tracker: AlertTracker;
  readonly injectedMs: number;
  readonly signal: AbortSignal | undefined;
  readonly log: (line: string) => void;
}

/** Begins the record of a drill. */
export function createDrillRun(page: DrillablePage, injectedMs: number): DrillRun {
  return { page, timestamps: { injected: injectedMs }, labels: {}, blocks: [], problems: [] };
}

/** Whether all went as it should. */
export function hasPassed({ problems, blocks }: Pick<DrillRun, 'problems' | 'blocks'>): boolean {
  return problems.length === 0 && blocks.every(({ verdict }) => verdict !== 'unmet');
}
