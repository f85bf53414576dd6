import type { BlockResult } from '../blocks/run-block.ts';
import type { AlertTracker, TrackedAlert } from '../observation/alert-tracker.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import type { Timestamps } from './timeline.ts';

export interface DrillRun {
  readonly page: DrillablePage;
  readonly timestamps: { -readonly [K in keyof Timestamps]: Timestamps[K] };
  alert?: TrackedAlert;
  /** Fill in the variables of the page's commands. */
  labels: Readonly<Record<string, string>>;
  /** Known once the alert is notified. */
  annotations?: Readonly<Record<string, string>>;
  readonly blocks: BlockResult[];
  readonly problems: string[];
}

/** Shared by the drills that run at the same time. */
export interface Batch {
  readonly system: DrillSystem;
  readonly tracker: AlertTracker;
  readonly injectedMs: number;
  readonly signal: AbortSignal | undefined;
  readonly log: (line: string) => void;
}

export function createDrillRun(page: DrillablePage, injectedMs: number): DrillRun {
  return { page, timestamps: { injected: injectedMs }, labels: {}, blocks: [], problems: [] };
}

export function hasPassed({ problems, blocks }: Pick<DrillRun, 'problems' | 'blocks'>): boolean {
  return problems.length === 0 && blocks.every(({ verdict }) => verdict !== 'unmet');
}
