import type { Target } from '../target.ts';
import { describeClaims } from './claims.ts';
import { describeContent } from './content.ts';
import { describeForeignPages } from './foreign-pages.ts';
import { describeOthersObjects } from './others-objects.ts';
import { describePaths } from './paths.ts';
import { describeSessions } from './sessions.ts';
import { describeTokens } from './tokens.ts';
import { describeWire } from './wire.ts';

/** Every attack. Each subject undoes its changes, because all share one system. */
export function describeAttacks(target: Target): void {
  describeForeignPages(target);
  describePaths(target);
  describeTokens(target);
  describeSessions(target);
  describeOthersObjects(target);
  describeWire(target);
  describeContent(target);
  describeClaims(target);
}
