import { createApplication, faultGate, type TokenVerifier } from '@watchkeeper/galley';
import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import compression from 'compression';
import cors from 'cors';
import type { Express, RequestHandler } from 'express';
import type { Configuration } from './config.ts';
import { logArrival, securityHeaders } from './edge/arrival.ts';
import { authenticateRoute, moveQueryToken } from './edge/authentication.ts';
import type { GatewayFaults } from './faults.ts';
import { createRateLimits } from './limits/middleware.ts';
import { type Report, readinessRoutes } from './readiness/capabilities.ts';
import { isShared, type Share } from './response-cache/share.ts';
import { chooseRoute, chosen } from './routing/choice.ts';
import { createRouteTable, isForwarded } from './routing/table.ts';
import { relay } from './upstream/relay.ts';
import type { Upstream } from './upstream/upstream.ts';
import type { Tunnels } from './websocket/tunnels.ts';

interface Dependencies {
  readonly configuration: Configuration;
  readonly telemetry: Telemetry;
  readonly faults: GatewayFaults;
  readonly tokens: TokenVerifier;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly share: Share;
  readonly tunnels: Tunnels;
  readonly readiness: () => Promise<Report>;
}

/**
 * Creates the public application; it starts nothing. First the cheap steps: ids, the received event,
 * route, headers, limits by address; then token, limits by user and the upstream request.
 */
export function createApp(dependencies: Dependencies): Express {
  const { configuration, telemetry, faults, tokens, readiness } = dependencies;
  const { routing, limitFactors, corsOrigins, trustedProxies } = configuration;
  const limits = createRateLimits(routing, telemetry, limitFactors);
  return createApplication(telemetry, (app) => {
    app.set('trust proxy', trustedProxies);
    app.use(logArrival(telemetry.logger));
    app.use(chooseRoute(createRouteTable(routing.routes)));
    app.use(...securityHeaders(), cors(corsOptions(corsOrigins)));
    app.use(limits.byAddress);
    app.use(compression());
    app.use(readinessRoutes(readiness));
    app.use(refuseMethods(), moveQueryToken(), authenticateRoute(tokens));
    app.use(limits.byUser);
    app.use(faultGate(faults));
    app.use(forward(dependencies));
  });
}

function corsOptions(origins: readonly string[]): cors.CorsOptions {
  const exposedHeaders = ['X-Request-Id', 'X-Correlation-Id', 'Retry-After'];
  // Without origins no header is sent, so no page of another origin can read a response.
  return { origin: origins.length > 0 ? [...origins] : false, exposedHeaders, maxAge: 600 };
}

function refuseMethods(): RequestHandler {
  return (request, response, next) => {
    if (chosen(response) === undefined || isForwarded(request.method)) return next();
    throw new HttpError(405, `\`${request.method}\` is not supported.`, {
      code: 'method_not_allowed',
    });
  };
}

function forward({ upstreams, share, tunnels }: Dependencies): RequestHandler {
  return (request, response, next) => {
    const choice = chosen(response);
    const upstream = upstreams.get(choice?.route.upstream ?? '');
    if (choice === undefined || upstream === undefined) return next();
    if (choice.route.websocket) return tunnels.open(upstream, choice, request, response);
    if (isShared(choice, request)) return share(upstream, choice, request, response);
    return relay(upstream, choice, request, response);
  };
}
