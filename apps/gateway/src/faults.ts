import { createFaults, httpFaults, processFaults } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';

export function createGatewayFaults(logger: Logger, isEnabled: boolean) {
  return createFaults({ ...httpFaults, ...processFaults(logger) }, { isEnabled });
}

export type GatewayFaults = ReturnType<typeof createGatewayFaults>;
