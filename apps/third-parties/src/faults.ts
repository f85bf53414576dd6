import {
  createFaults,
  defineFault,
  dependencyFault,
  httpFaults,
  processFaults,
} from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';

export type StandIn = 'sms' | 'card' | 'ai' | 'hooks';

export function createThirdPartyFaults(logger: Logger, isEnabled: boolean) {
  const available = {
    ...httpFaults,
    ...processFaults(logger),
    sms: defineFault(dependencyFault),
    card: defineFault(dependencyFault),
    ai: defineFault(dependencyFault),
    hooks: defineFault(dependencyFault),
  };
  return createFaults(available, { isEnabled });
}

export type ThirdPartyFaults = ReturnType<typeof createThirdPartyFaults>;
