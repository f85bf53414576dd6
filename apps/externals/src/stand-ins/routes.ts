import { faultGate } from '@watchkeeper/galley';
import { notFoundHandler, type Telemetry } from '@watchkeeper/telemetry';
import { Router } from 'express';
import { aiErrorHandler, aiRoutes } from './ai.ts';
import { behaviourOf } from './behaviour.ts';
import { cardRoutes } from './card.ts';
import type { ExternalsFaults, StandIn } from './faults.ts';
import { hookRoutes } from './hooks.ts';
import { smsRoutes } from './sms.ts';

/** What the stand-ins need. */
export interface StandInDependencies {
  readonly telemetry: Telemetry;
  readonly faults: ExternalsFaults;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The third parties, each below its name. Each can be told per request to be late or to fail:
 * `X-Stand-In-Latency-Ms` (0 to 60000), `X-Stand-In-Status` (400 to 599); and for all requests by
 * its fault on the management port. Reading what came in is never disturbed.
 */
export function standInRoutes({ telemetry, faults, now }: StandInDependencies): Router {
  const gate = faultGate(faults);
  const behave = (name: StandIn) => [gate, behaviourOf(name, faults)];
  const router = Router();
  router.use('/sms', smsRoutes(behave('sms'), now));
  router.use('/card', cardRoutes(behave('card')));
  router.use('/hooks', hookRoutes(behave('hooks'), now));
  router.use('/ai', aiRoutes(behave('ai'), now), notFoundHandler());
  router.use('/ai', aiErrorHandler(telemetry));
  return router;
}
