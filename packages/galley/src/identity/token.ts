import { HttpError } from '@watchkeeper/telemetry';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

export const roles = ['customer', 'courier', 'restaurant', 'admin'] as const;

export type Role = (typeof roles)[number];

/** The user and session of an access token. */
export interface Caller {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
}

/** Fifteen minutes: how long a revoked session can last where nothing checks the database. */
export const accessTokenSeconds = 900;

const issuer = 'galley';
const algorithm = 'HS256';
const claims = z.object({
  sub: z.uuid(),
  device_id: z.string().min(1).max(128),
  sid: z.uuid(),
  roles: z.array(z.enum(roles)),
});

export type Tokens = ReturnType<typeof createTokens>;

/** Creates the signer and verifier of access tokens; the secret has 32 bytes or more. */
export function createTokens(secret: Uint8Array) {
  return {
    /** The token expires after `accessTokenSeconds`. */
    sign: ({ userId, deviceId, sessionId, roles }: Caller): Promise<string> =>
      new SignJWT({ device_id: deviceId, sid: sessionId, roles: [...roles] })
        .setProtectedHeader({ alg: algorithm })
        .setIssuer(issuer)
        .setAudience(issuer)
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(`${accessTokenSeconds}s`)
        .sign(secret),
    /** @throws HttpError 401 for an invalid or expired token */
    async verify(token: string): Promise<Caller> {
      // With a fixed algorithm a token can't choose its own.
      const options = { issuer, audience: issuer, algorithms: [algorithm] };
      try {
        const { payload } = await jwtVerify(token, secret, options);
        const { sub, device_id, sid, roles } = claims.parse(payload);
        return { userId: sub, deviceId: device_id, sessionId: sid, roles };
      } catch (error) {
        throw error instanceof errors.JWTExpired
          ? new HttpError(401, 'The access token has expired. Refresh it.', {
              code: 'token_expired',
            })
          : new HttpError(401, 'The access token is not valid. Log in.', { code: 'token_invalid' });
      }
    },
  };
}
