import { callerOf, validate } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import { identity, notFound } from '../http/resource.ts';
import type { BlockedStore } from './blocked-store.ts';
import type { ProfileStore } from './profile-store.ts';
import { privacy, profileChange } from './schema.ts';

export interface ProfileDependencies {
  readonly profiles: ProfileStore;
  readonly blocked: BlockedStore;
  readonly signedIn: readonly RequestHandler[];
}

/** `/api/v1/users`: own profile, privacy settings and blocked users; others' profiles. */
export function profileRoutes({ profiles, blocked, signedIn }: ProfileDependencies): Router {
  const router = Router();
  router.get('/me', ...signedIn, async (_request, response) => {
    const { userId } = callerOf(response);
    response.json(known(await profiles.findOwn(userId), userId));
  });
  router.patch('/me', ...signedIn, async (request, response) => {
    const { userId } = callerOf(response);
    await profiles.change(userId, validate(profileChange, request.body, 'body'));
    response.json(known(await profiles.findOwn(userId), userId));
  });
  router.get('/me/privacy', ...signedIn, async (_request, response) => {
    const { userId } = callerOf(response);
    response.json(known(await profiles.findPrivacy(userId), userId));
  });
  router.put('/me/privacy', ...signedIn, async (request, response) => {
    const settings = validate(privacy, request.body, 'body');
    await profiles.setPrivacy(callerOf(response).userId, settings);
    response.json(settings);
  });
  addBlockedRoutes(router, blocked, signedIn);
  router.get('/:id', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    response.json(known(await profiles.findPublic(id, callerOf(response).userId), id));
  });
  return router;
}

function addBlockedRoutes(
  router: Router,
  blocked: BlockedStore,
  signedIn: readonly RequestHandler[],
): void {
  router.get('/me/blocked', ...signedIn, async (_request, response) => {
    response.json({ items: await blocked.list(callerOf(response).userId) });
  });
  router.put('/me/blocked/:id', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const { userId } = callerOf(response);
    if (id === userId) throw new BusinessRuleError('BLOCK_SELF', 'Nobody can block themselves.');
    const outcome = await blocked.block(userId, id);
    if (outcome === 'unknown') throw notFound('user', id);
    if (outcome === 'too_many') {
      throw new BusinessRuleError('BLOCK_LIMIT_REACHED', 'There are too many blocked users.');
    }
    response.status(204).end();
  });
  router.delete('/me/blocked/:id', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    await blocked.unblock(callerOf(response).userId, id);
    response.status(204).end();
  });
}

function known<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw notFound('user', id);
  return found;
}
