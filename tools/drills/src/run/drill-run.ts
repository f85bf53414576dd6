import type { BlockResult } from '../blocks/run-block.ts';
import type { Follower, Sighting } from '../observation/alert-tracker.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import type { Moments } from './timeline.ts';

/** A drill on its way: what has been seen and what went wrong. */
export interface Run {
  readonly page: DrillablePage;
  readonly moments: { -readonly [K in keyof Moments]: Moments[K] };
  sighting?: Sighting;
  /** The labels by which the page's commands are filled in. */
  labels: Readonly<Record<string, string>>;
  /** What the notification carried. */
  annotations?: Readonly<Record<string, string>>;
  readonly blocks: BlockResult[];
  readonly problems: string[];
}

/** What all drills of a wave share. */
export interface Wave {
  readonly system: DrillSystem;
  readonly follower: Follower;
  readonly injectedMs: number;
  readonly signal: AbortSignal | undefined;
  readonly say: (line: string) => void;
}

/** Begins the record of a drill. */
export function createRun(page: DrillablePage, injectedMs: number): Run {
  return { page, moments: { injected: injectedMs }, labels: {}, blocks: [], problems: [] };
}

/** Whether all went as it should. */
export function hasPassed({ problems, blocks }: Pick<Run, 'problems' | 'blocks'>): boolean {
  return problems.length === 0 && blocks.every(({ verdict }) => verdict !== 'unmet');
}
