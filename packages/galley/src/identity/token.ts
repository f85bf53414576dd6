import { isNativeError } from 'node:util/types';
import { HttpError } from '@watchkeeper/telemetry';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** What a user may do. */
export const roles = ['customer', 'courier', 'restaurant', 'admin'] as const;

/** One of the roles. */
export type Role = (typeof roles)[number];

/** Who is asking, as an access token says. */
export interface Caller {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
}

/** Makes and reads access tokens. */
export interface Tokens {
  /** Signs a token that is good for `accessTokenSeconds`. */
  sign(caller: Caller): Promise<string>;
  /** @throws HttpError 401 for a token that is not ours, was altered, or is over */
  verify(token: string): Promise<Caller>;
}

/** Fifteen minutes: how long a revoked session can go on where nobody asks the database. */
export const accessTokenSeconds = 900;

const issuer = 'galley';
const algorithm = 'HS256';
const claims = z.object({
  sub: z.uuid(),
  device_id: z.string().min(1).max(128),
  sid: z.uuid(),
  roles: z.array(z.enum(roles)),
});

/** Makes the tokens over a shared secret of at least 32 bytes. */
export function createTokens(secret: Uint8Array): Tokens {
  return {
    sign: ({ userId, deviceId, sessionId, roles }) =>
      new SignJWT({ device_id: deviceId, sid: sessionId, roles: [...roles] })
        .setProtectedHeader({ alg: algorithm })
        .setIssuer(issuer)
        .setAudience(issuer)
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(`${accessTokenSeconds}s`)
        .sign(secret),
    async verify(token) {
      // Naming the algorithm keeps a token from choosing its own.
      const options = { issuer, audience: issuer, algorithms: [algorithm] };
      try {
        const { payload } = await jwtVerify(token, secret, options);
        const { sub, device_id, sid, roles } = claims.parse(payload);
        return { userId: sub, deviceId: device_id, sessionId: sid, roles };
      } catch (error) {
        const isOver = isNativeError(error) && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
        throw isOver
          ? new HttpError(401, 'The access token is over. Refresh it.', { code: 'token_expired' })
          : new HttpError(401, 'The access token is not valid. Log in.', { code: 'token_invalid' });
      }
    },
  };
}
