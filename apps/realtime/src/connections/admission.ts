import type { IncomingMessage } from 'node:http';
import { bearerToken, type Tokens } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import { decodeJwt } from 'jose';
import type { Settings } from '../config.ts';
import type { Admission } from './connection.ts';
import type { Hub } from './hub.ts';
import type { Sessions } from './sessions.ts';

/** Lets a request for an upgrade in, or throws. */
export interface Gatekeeper {
  /**
   * @throws HttpError 401 without a good token of a live session, 403 for another origin, 429 where the user has too
   *   many connections, 503 where this instance has or is about to stop
   */
  admit(request: IncomingMessage): Promise<Admission>;
  /** From now on nobody is let in. */
  close(): void;
}

/** What a gatekeeper asks. */
export interface GatekeeperParts {
  readonly hub: Hub;
  readonly tokens: Tokens;
  readonly settings: Settings;
  readonly sessions: Pick<Sessions, 'isRevoked'>;
}

/** Makes the gatekeeper of a hub. */
export function createGatekeeper({ hub, tokens, settings, sessions }: GatekeeperParts): Gatekeeper {
  const { allowedOrigins, maxConnections, maxConnectionsPerUser } = settings;
  let isClosed = false;

  /** Pages send an origin and can't choose it; what is no page sends none, and its token counts. */
  function assertOrigin(origin: string | undefined): void {
    if (origin === undefined || allowedOrigins.includes('*')) return;
    if (allowedOrigins.includes(origin.toLowerCase())) return;
    throw new HttpError(403, 'Expected a page of an allowed origin.', { code: 'origin_refused' });
  }

  function assertRoom(userId: string): void {
    if (isClosed || hub.size >= maxConnections) {
      throw new HttpError(503, 'No room for another connection.', { code: 'hub_full' });
    }
    if (hub.countOf(userId) < maxConnectionsPerUser) return;
    const message = `Expected at most ${maxConnectionsPerUser} connections of one user.`;
    throw new HttpError(429, message, { code: 'too_many_connections' });
  }

  return {
    async admit({ headers, url = '' }) {
      assertOrigin(headers.origin);
      const token = tokenOf(headers.authorization, url);
      const caller = await tokens.verify(token);
      if (await sessions.isRevoked(caller.sessionId)) {
        throw new HttpError(401, 'The session has ended. Log in.', { code: 'session_revoked' });
      }
      // After the wait, because others may have come meanwhile.
      assertRoom(caller.userId);
      return { caller, closesAtMs: (decodeJwt(token).exp ?? 0) * 1_000 };
    },
    close() {
      isClosed = true;
    },
  };
}

/** A browser can't set the header of a WebSocket; it puts the token into the query. */
function tokenOf(authorization: string | undefined, url: string): string {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const parameter = new URLSearchParams(query).get('access_token');
  if (authorization !== undefined || parameter === null) return bearerToken(authorization);
  return bearerToken(`Bearer ${parameter}`);
}
