import type { IncomingMessage } from 'node:http';
import { bearerToken, type TokenVerifier } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import { decodeJwt } from 'jose';
import type { Settings } from '../config.ts';
import type { Admission } from './connection.ts';
import type { Hub } from './hub.ts';
import type { Sessions } from './sessions.ts';

export type Gatekeeper = ReturnType<typeof createGatekeeper>;

export function createGatekeeper(
  hub: Hub,
  tokens: TokenVerifier,
  settings: Settings,
  sessions: Sessions,
) {
  const { allowedOrigins, maxConnections, maxConnectionsPerUser } = settings;
  let isClosed = false;

  /** Browsers send an origin that a page can't choose; other clients send none. */
  function assertOrigin(origin: string | undefined): void {
    if (origin === undefined || allowedOrigins.includes('*')) return;
    if (allowedOrigins.includes(origin.toLowerCase())) return;
    throw new HttpError(403, 'Expected a page of an allowed origin.', { code: 'origin_refused' });
  }

  function assertCapacity(userId: string): void {
    if (isClosed) {
      throw new HttpError(503, 'This instance is stopping.', { code: 'hub_closed' });
    }
    if (hub.size >= maxConnections) {
      // Deliberate: 503 would open the gateway's circuit, and keep callers out when there is room again.
      throw new HttpError(429, 'This instance takes no more connections.', { code: 'hub_full' });
    }
    if (hub.countOf(userId) < maxConnectionsPerUser) return;
    const message = `Expected at most ${maxConnectionsPerUser} connections of one user.`;
    throw new HttpError(429, message, { code: 'too_many_connections' });
  }

  return {
    /**
     * Authenticates a request for an upgrade.
     * @throws HttpError 401 without a valid token of a live session, 403 for another origin, 429 if
     *   the user has too many connections or this instance is full, 503 if it is stopping
     */
    async admit({ headers, url = '' }: IncomingMessage): Promise<Admission> {
      assertOrigin(headers.origin);
      const token = tokenFrom(headers.authorization, url);
      const caller = await tokens.verify(token);
      if (!(await sessions.isLive(caller))) {
        throw new HttpError(401, 'The session has ended. Log in.', { code: 'session_revoked' });
      }
      // Only now, because others may have connected meanwhile.
      assertCapacity(caller.userId);
      return { caller, closesAtMs: (decodeJwt(token).exp ?? 0) * 1_000 };
    },
    /** Refuses every later upgrade. */
    close(): void {
      isClosed = true;
    },
  };
}

/** A browser can't set a WebSocket's headers, so the token may come in the query. */
function tokenFrom(authorization: string | undefined, url: string): string {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const parameter = new URLSearchParams(query).get('access_token');
  if (authorization !== undefined || parameter === null) return bearerToken(authorization);
  return bearerToken(`Bearer ${parameter}`);
}
