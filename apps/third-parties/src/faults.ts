import {
  createFaults,
  defineFault,
  dependencyFault,
  httpFaults,
  processFaults,
} from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';

/** The third parties by name; each has a fault of the same name. */
export type StandIn = 'sms' | 'card' | 'ai' | 'hooks';

/** Makes the fault switches of the third parties, all off. */
export function createThirdPartyFaults(logger: Logger, isEnabled: boolean) {
  const known = {
    ...httpFaults,
    ...processFaults(logger),
    sms: defineFault(dependencyFault),
    card: defineFault(dependencyFault),
    ai: defineFault(dependencyFault),
    hooks: defineFault(dependencyFault),
  };
  return createFaults(known, { isEnabled });
}

export type ThirdPartyFaults = ReturnType<typeof createThirdPartyFaults>;
