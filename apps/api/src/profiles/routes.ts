import { callerOf, idOf, orNotFound, validate } from '@watchkeeper/galley';
import { Router } from 'express';
import type { RouteContext } from '../context.ts';
import { blockedRoutes } from './blocked.ts';
import { privacy, profileChange } from './schema.ts';
import {
  changeProfile,
  findOwnProfile,
  findPrivacy,
  findPublicProfile,
  setPrivacy,
} from './store.ts';

/** `/api/v1/users`: own profile, privacy settings and blocked users; others' profiles. */
export function profileRoutes(context: RouteContext): Router {
  const { pool, signedIn } = context;
  const router = Router();
  router.get('/me', ...signedIn, async (_request, response) => {
    const { userId } = callerOf(response);
    response.json(orNotFound(await findOwnProfile(pool, userId), 'user', userId));
  });
  router.patch('/me', ...signedIn, async (request, response) => {
    const { userId } = callerOf(response);
    await changeProfile(pool, userId, validate(profileChange, request.body, 'body'));
    response.json(orNotFound(await findOwnProfile(pool, userId), 'user', userId));
  });
  router.get('/me/privacy', ...signedIn, async (_request, response) => {
    const { userId } = callerOf(response);
    response.json(orNotFound(await findPrivacy(pool, userId), 'user', userId));
  });
  router.put('/me/privacy', ...signedIn, async (request, response) => {
    const settings = validate(privacy, request.body, 'body');
    await setPrivacy(pool, callerOf(response).userId, settings);
    response.json(settings);
  });
  router.use('/me/blocked', blockedRoutes(context));
  router.get('/:id', ...signedIn, async (request, response) => {
    const id = idOf(request);
    const found = await findPublicProfile(pool, id, callerOf(response).userId);
    response.json(orNotFound(found, 'user', id));
  });
  return router;
}
