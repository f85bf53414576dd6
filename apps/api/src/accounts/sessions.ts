import { randomUUID } from 'node:crypto';
import { accessTokenSeconds, type TokenSigner, withTransaction } from '@watchkeeper/galley';
import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import type { ClientBase, Pool } from 'pg';
import { apiMetrics } from '../catalogue.ts';
import { recordLogin } from './login-history.ts';
import { createRefusals } from './refusals.ts';
import type { SessionCheck } from './session-check.ts';
import {
  insertSession,
  issueRefreshToken,
  lockRefreshToken,
  type RefreshTokenState,
  revokeSessions,
  type SessionLimits,
  useRefreshToken,
} from './session-store.ts';
import { type Account, findById } from './user-store.ts';

export interface SignInOrigin {
  readonly deviceId?: string | undefined;
  readonly deviceName?: string | undefined;
  readonly address?: string | undefined;
}

/** The response to a login, a verification or a refresh. */
export type TokenAnswer = Awaited<ReturnType<typeof answer>>;

export type Sessions = ReturnType<typeof createSessions>;

interface SessionDependencies {
  readonly pool: Pool;
  readonly tokens: TokenSigner;
  readonly check: SessionCheck;
  readonly telemetry: Telemetry;
  readonly limits: SessionLimits;
}

export function createSessions(dependencies: SessionDependencies) {
  const { pool, tokens, check, telemetry, limits } = dependencies;
  const created = telemetry.declareMetrics(apiMetrics).counter('sessions_created_total');
  const refusals = createRefusals(telemetry);

  return {
    /** Starts a session in the caller's transaction. */
    async open(client: ClientBase, account: Account, origin: SignInOrigin): Promise<TokenAnswer> {
      const { deviceId = randomUUID(), deviceName, address } = origin;
      const device = { deviceId, deviceName };
      const sessionId = await insertSession(client, account.id, { device, ...limits });
      const refreshToken = await issueRefreshToken(client, sessionId);
      await recordLogin(client, account.id, { deviceName, address });
      created.increment();
      return answer(tokens, account, { sessionId, deviceId, refreshToken });
    },
    /** @throws HttpError 401; reusing a token revokes its session */
    async refresh(refreshToken: string): Promise<TokenAnswer> {
      const rotated = await withTransaction(pool, (client) => rotate(client, refreshToken, limits));
      if (!('reason' in rotated)) return answer(tokens, rotated.account, rotated);
      const { reason, state } = rotated;
      refusals.record(reason, state?.userId);
      if (reason === 'refresh_reused') {
        check.forget([state.sessionId]);
        const fields = { user_id: state.userId, session_id: state.sessionId };
        telemetry.logger.warn({ event: 'auth_token_reused', ...fields }, 'refresh token reused');
      }
      throw new HttpError(401, 'The refresh token is not valid. Log in.', {
        code: 'refresh_token_invalid',
      });
    },
    /** Revokes one session, or all but one. Resolves to the number revoked. */
    async revoke(userId: string, which: { only?: string; except?: string }): Promise<number> {
      const ended = await revokeSessions(pool, userId, which);
      check.forget(ended);
      return ended.length;
    },
  };
}

interface NewTokens {
  readonly sessionId: string;
  readonly deviceId: string;
  readonly refreshToken: string;
}

type Rotation =
  | { readonly reason: 'refresh_invalid'; readonly state?: RefreshTokenState }
  | { readonly reason: 'refresh_reused' | 'session_ended'; readonly state: RefreshTokenState }
  | (NewTokens & { readonly account: Account });

/** Refusals are returned, not thrown, because their changes must be committed. */
async function rotate(client: ClientBase, token: string, limits: SessionLimits): Promise<Rotation> {
  const state = await lockRefreshToken(client, token);
  if (state === undefined) return { reason: 'refresh_invalid' };
  if (!state.isLive) return { reason: 'session_ended', state };
  const { sessionId, userId, deviceId } = state;
  if (state.isUsed) {
    await revokeSessions(client, userId, { only: sessionId });
    return { reason: 'refresh_reused', state };
  }
  const account = await findById(client, userId);
  if (account === undefined) return { reason: 'refresh_invalid', state };
  await useRefreshToken(client, token, limits);
  const refreshToken = await issueRefreshToken(client, sessionId);
  return { account, sessionId, deviceId, refreshToken };
}

async function answer(
  tokens: TokenSigner,
  { id, phone, displayName, role }: Account,
  { sessionId, deviceId, refreshToken }: NewTokens,
) {
  const roles = [role];
  return {
    accessToken: await tokens.sign({ userId: id, deviceId, sessionId, roles }),
    refreshToken,
    tokenType: 'Bearer',
    expiresInSeconds: accessTokenSeconds,
    user: { id, phone, displayName, roles },
  } as const;
}
