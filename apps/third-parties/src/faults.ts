import {
  createFaults,
  defineFault,
  httpFaults,
  processFaults,
  troubles,
} from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';

/** The third parties by name; each has a fault of the same name. */
export type StandIn = 'sms' | 'card' | 'ai' | 'hooks';

/** Makes the fault switches of the third parties, all off. */
export function createThirdPartyFaults(logger: Logger, isEnabled: boolean) {
  const known = {
    ...httpFaults,
    ...processFaults(logger),
    sms: defineFault(troubles),
    card: defineFault(troubles),
    ai: defineFault(troubles),
    hooks: defineFault(troubles),
  };
  return createFaults(known, { isEnabled });
}

export type ThirdPartyFaults = ReturnType<typeof createThirdPartyFaults>;
