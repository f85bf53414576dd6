import type { Target } from '../target.ts';
import { describePaths } from './paths.ts';
import { describeTokens } from './tokens.ts';

/** Every attack. Each subject undoes its changes, because all share one system. */
export function describeAttacks(target: Target): void {
  describePaths(target);
  describeTokens(target);
}
