import type { Target } from '../target.ts';
import { describeForeignPages } from './foreign-pages.ts';
import { describePaths } from './paths.ts';
import { describeTokens } from './tokens.ts';

/** Every attack. Each subject undoes its changes, because all share one system. */
export function describeAttacks(target: Target): void {
  describeForeignPages(target);
  describePaths(target);
  describeTokens(target);
}
