import {
  createFaults,
  defineFault,
  httpFaults,
  processFaults,
  troubles,
} from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';

/** The third parties that are stood in for. */
export const standIns = ['sms', 'card', 'ai', 'hooks'] as const;

/** One of them. */
export type StandIn = (typeof standIns)[number];

/** Everything that can be broken in the externals on purpose, all off. */
export function createExternalsFaults(logger: Logger, isEnabled: boolean) {
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

/** The switches of the externals. */
export type ExternalsFaults = ReturnType<typeof createExternalsFaults>;
