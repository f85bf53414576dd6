import { createServer, type RequestListener } from 'node:http';
import { serveHttp, type Telemetry } from '@watchkeeper/telemetry';
import type { UpgradeListener } from './connections/upgrade.ts';

// Longer than the usual 511, because after a restart all clients reconnect at once.
const backlog = 4_096;

/**
 * Serves requests and upgrades until the shutdown.
 * @returns the bound address, such as `127.0.0.1:3000`
 * @throws Error if the port is taken
 */
export function servePublic(
  telemetry: Telemetry,
  { listener, upgrade }: { listener: RequestListener; upgrade: UpgradeListener },
  { port, bindAddress }: { port: number; bindAddress: string },
): Promise<string> {
  const server = createServer(listener).on('upgrade', upgrade);
  return serveHttp(telemetry, server, { port, bindAddress, backlog });
}
