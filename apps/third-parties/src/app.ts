import { createApplication, faultGate } from '@watchkeeper/galley';
import { notFoundHandler, type Telemetry } from '@watchkeeper/telemetry';
import type { Express } from 'express';
import { aiErrorHandler, aiRoutes } from './ai.ts';
import { behaviourOf } from './behaviour.ts';
import { cardRoutes } from './card.ts';
import type { StandIn, ThirdPartyFaults } from './faults.ts';
import { hookRoutes } from './hooks.ts';
import { smsRoutes } from './sms.ts';

export interface Dependencies {
  readonly telemetry: Telemetry;
  readonly faults: ThirdPartyFaults;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Creates the stand-ins, each below its name. `X-Stand-In-Latency-Ms` (0 to 60000) and
 * `X-Stand-In-Status` (400 to 599) delay or fail one request; a fault on the management port does so
 * for all. The lists are never affected.
 */
export function createApp({ telemetry, faults, now }: Dependencies): Express {
  const gate = faultGate(faults);
  const behave = (name: StandIn) => [gate, behaviourOf(name, faults)];
  const addRoutes = (app: Express) => {
    app.use('/sms', smsRoutes(behave('sms'), now));
    app.use('/card', cardRoutes(behave('card')));
    app.use('/hooks', hookRoutes(behave('hooks'), now));
    app.use('/ai', aiRoutes(behave('ai'), now), notFoundHandler());
    app.use('/ai', aiErrorHandler(telemetry));
  };
  // No page of another site sends a text message or a hook through a developer's browser.
  return createApplication(telemetry, addRoutes, telemetry.configuration.allowedHosts);
}
