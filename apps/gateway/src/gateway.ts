import type { Server } from 'node:http';
import { createTokenVerifier } from '@watchkeeper/galley';
import { instrumentFetch, type Telemetry } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import type { Configuration } from './config.ts';
import type { GatewayFaults } from './faults.ts';
import { createReadiness } from './readiness/capabilities.ts';
import { createShare } from './response-cache/share.ts';
import { createEdgeServer } from './server.ts';
import { createUpstream, type Upstream } from './upstream/upstream.ts';
import { createTunnels } from './websocket/tunnels.ts';

/**
 * Creates the gateway and registers its shutdown; its server does not listen yet.
 * @param now milliseconds since the epoch, the clock of the caches
 */
export function createGateway(
  configuration: Configuration,
  telemetry: Telemetry,
  { faults, now = Date.now }: { faults: GatewayFaults; now?: () => number },
): Server {
  const { routing, addresses } = configuration;
  const hosts = Object.values(addresses).flatMap(({ url, managementUrl }) => [url, managementUrl]);
  const ownHosts = [...new Set(hosts.map((url) => new URL(url).hostname))];
  const send = instrumentFetch(fetch, { ownHosts });
  const { circuitBreaker } = routing;
  const upstreams = new Map<string, Upstream>();
  for (const [name, { url }] of Object.entries(addresses)) {
    const own = routing.routes.filter(({ upstream }) => upstream === name);
    const groups = [...new Set(own.flatMap(({ group }) => group ?? []))];
    upstreams.set(name, createUpstream({ name, url, circuitBreaker, groups, send, telemetry }));
  }
  const services = [...upstreams.values()].map(({ name, isCircuitOpen }) => ({
    name,
    managementUrl: addresses[name]?.managementUrl ?? '',
    isCircuitOpen,
  }));
  const tunnels = createTunnels(telemetry);
  telemetry.shutdown.on('drain', 'WebSockets', tunnels.drain);
  telemetry.shutdown.on('close-stores', 'circuit breakers', () => {
    for (const upstream of upstreams.values()) upstream.stop();
  });
  const app = createApp({
    configuration,
    telemetry,
    faults,
    tokens: createTokenVerifier(configuration.readKeys),
    upstreams,
    share: createShare(telemetry, now),
    tunnels,
    readiness: createReadiness(routing, services, { telemetry, send, now }),
  });
  return createEdgeServer(app, routing);
}
