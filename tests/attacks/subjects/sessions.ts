import { beforeAll, describe, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { callEdge, type Person, signUp } from '../people.ts';
import type { Target } from '../target.ts';

/** Stolen, reused and ended sessions. */
export function describeSessions(target: Target): void {
  describe('sessions', () => {
    let victim: Person;
    let attacker: Person;
    const refresh = (refreshToken: string) =>
      callEdge(target, 'POST', '/auth/refresh', { body: { refreshToken } });

    beforeAll(async () => {
      [victim, attacker] = [await signUp(target), await signUp(target)];
    });

    test('a refresh token works once, and its reuse ends the session', async () => {
      const thief = await signUp(target);
      const first = await refresh(thief.refreshToken);
      expect(first.status).toBe(200);
      expect((await refresh(thief.refreshToken)).status).toBe(401);
      // Whoever has the newer one, the thief or the owner, has to log in again.
      const { refreshToken } = JSON.parse(first.body) as { refreshToken: string };
      expect((await refresh(refreshToken)).status).toBe(401);
    });

    test.each(['', 'x', '0'.repeat(200), '../../etc/passwd', "' OR 1=1 --"])(
      'the refresh token %j is refused',
      async (token) => {
        expect([400, 401, 422]).toContain((await refresh(token)).status);
      },
    );

    test('nobody ends or sees the session of another', async () => {
      const own = JSON.parse((await victim.call('GET', '/auth/sessions')).body);
      const [{ id }] = own.items as [{ id: string }];
      expect((await attacker.call('DELETE', `/auth/sessions/${id}`)).status).toBe(404);
      const seen = (await attacker.call('GET', '/auth/sessions')).body;
      expect(seen).not.toContain(id);
      expect((await victim.call('GET', '/users/me')).status).toBe(200);
    });

    test('an access token is worth nothing after the logout', async () => {
      const person = await signUp(target);
      expect((await person.call('POST', '/auth/logout')).status).toBe(204);
      await waitUntil('the refusal', async () => {
        return (await person.call('GET', '/users/me')).status === 401;
      });
      expect((await refresh(person.refreshToken)).status).toBe(401);
    });

    test('a password changes only for who knows the old one', async () => {
      const passwords = { currentPassword: 'a wrong one', newPassword: 'a new and long one' };
      const { status } = await attacker.call('PUT', '/auth/password', passwords);
      expect([401, 403, 422]).toContain(status);
    });
  });
}
