import type { KeyObject } from 'node:crypto';
import { HttpError } from '@watchkeeper/telemetry';
import { errors, type JWSHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { keyIdOf, type ReadTokenKeys } from './token-keys.ts';

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
const algorithm = 'EdDSA';
const claims = z.object({
  sub: z.uuid(),
  device_id: z.string().min(1).max(128),
  sid: z.uuid(),
  roles: z.array(z.enum(roles)),
});

export type TokenSigner = ReturnType<typeof createTokenSigner>;
export type TokenVerifier = ReturnType<typeof createTokenVerifier>;

/** Creates the signer of access tokens; only the api has the key. */
export function createTokenSigner(key: KeyObject) {
  const kid = keyIdOf(key);
  return {
    /** The token expires after `accessTokenSeconds`. */
    sign: ({ userId, deviceId, sessionId, roles }: Caller): Promise<string> =>
      new SignJWT({ device_id: deviceId, sid: sessionId, roles: [...roles] })
        .setProtectedHeader({ alg: algorithm, kid })
        .setIssuer(issuer)
        .setAudience(issuer)
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(`${accessTokenSeconds}s`)
        .sign(key),
  };
}

/** Creates the verifier of access tokens, which learns of a new key by the first token with it. */
export function createTokenVerifier(readKeys: ReadTokenKeys) {
  const keyOf = createKeyFinder(readKeys);
  // With a fixed algorithm a token can't choose its own.
  const options = { issuer, audience: issuer, algorithms: [algorithm] };
  return {
    /** @throws HttpError 401 for an invalid or expired token */
    async verify(token: string): Promise<Caller> {
      try {
        const { payload } = await jwtVerify(token, keyOf, options);
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

// Tokens with made-up ids must not have the file read each time.
const rereadMs = 5_000;

function createKeyFinder(readKeys: ReadTokenKeys) {
  let keys = readKeys();
  let readAtMs = performance.now();
  return ({ kid = '' }: JWSHeaderParameters) => {
    if (!keys.has(kid) && performance.now() - readAtMs >= rereadMs) {
      readAtMs = performance.now();
      keys = readKeys();
    }
    const key = keys.get(kid);
    if (key === undefined) throw new errors.JWSInvalid('Expected the id of a known key.');
    return key;
  };
}
