import { createFaults, httpFaults, processFaults } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';

/** Everything that can be broken in the gateway on purpose, all off. */
export function createGatewayFaults(logger: Logger, isEnabled: boolean) {
  return createFaults({ ...httpFaults, ...processFaults(logger) }, { isEnabled });
}

/** The switches of the gateway. */
export type GatewayFaults = ReturnType<typeof createGatewayFaults>;
