import { randomInt, randomUUID } from 'node:crypto';
import { type Answer, type ReceivedRequest, type Routes, refuse, signedIn } from './fake-answer.ts';

interface FakeUser {
  readonly id: string;
  readonly phone: string;
  readonly password: string;
  readonly role: string;
  isVerified: boolean;
  code: string;
}

/** Accounts, sessions and profiles, as far as people use them. */
export function createFakeAccounts() {
  const users = new Map<string, FakeUser>();
  const access = new Map<string, { userId: string; role: string; sessionId: string }>();
  const refreshes = new Map<string, FakeUser>();
  const sessions = new Map<string, { id: string; userId: string; deviceId: string }>();
  const messages: { id: string; to: string; text: string }[] = [];
  const failures = new Map<string, number>();

  function admit(user: FakeUser, deviceId: string): Answer {
    const [accessToken, refreshToken, sessionId] = [randomUUID(), randomUUID(), randomUUID()];
    access.set(accessToken, { userId: user.id, role: user.role, sessionId });
    sessions.set(sessionId, { id: sessionId, userId: user.id, deviceId });
    refreshes.set(refreshToken, user);
    return [200, { accessToken, refreshToken, expiresInSeconds: 900, user: { id: user.id } }];
  }

  function sendCode(user: FakeUser): void {
    user.code = String(randomInt(1_000_000)).padStart(6, '0');
    messages.unshift({ id: randomUUID(), to: user.phone, text: `Your code: ${user.code}` });
  }

  function register({ body }: ReceivedRequest): Answer {
    if (users.has(body.phone)) return refuse(409);
    const user = { ...body, id: randomUUID(), isVerified: false, code: '' };
    users.set(body.phone, user);
    sendCode(user);
    return [201, { userId: user.id }];
  }

  function verify({ body }: ReceivedRequest): Answer {
    const user = users.get(body.phone);
    if (user === undefined || user.code !== body.code) return refuse(401);
    user.isVerified = true;
    return admit(user, body.deviceId);
  }

  function logIn({ body }: ReceivedRequest): Answer {
    const failed = failures.get(body.phone) ?? 0;
    if (failed >= 5) return refuse(423);
    const user = users.get(body.phone);
    if (user?.password !== body.password) {
      failures.set(body.phone, failed + 1);
      return refuse(401);
    }
    failures.delete(body.phone);
    return user?.isVerified ? admit(user, body.deviceId) : refuse(403);
  }

  function refresh({ body }: ReceivedRequest): Answer {
    const user = refreshes.get(body.refreshToken);
    refreshes.delete(body.refreshToken);
    return user === undefined ? refuse(401) : admit(user, 'refreshed');
  }

  function requestCode({ body }: ReceivedRequest): Answer {
    const user = users.get(body.phone);
    if (user !== undefined && !user.isVerified) sendCode(user);
    return [202, {}];
  }

  const own = (userId: string | undefined) =>
    [...sessions.values()]
      .filter((session) => session.userId === userId)
      .map((session) => ({ ...session, isCurrent: false }));
  const none = signedIn(() => [204]);
  const me = signedIn(({ caller }) => [200, { id: caller?.userId }]);
  const routes: Routes = [
    ['POST', /^\/api\/v1\/auth\/register$/, register],
    ['POST', /^\/api\/v1\/auth\/verify$/, verify],
    ['POST', /^\/api\/v1\/auth\/login$/, logIn],
    ['POST', /^\/api\/v1\/auth\/refresh$/, refresh],
    ['POST', /^\/api\/v1\/auth\/otp$/, requestCode],
    ['POST', /^\/api\/v1\/auth\/logout$/, none],
    ['PUT', /^\/api\/v1\/auth\/password$/, none],
    ['DELETE', /^\/api\/v1\/auth\/sessions\/(.+)$/, none],
    [
      'GET',
      /^\/api\/v1\/auth\/sessions$/,
      signedIn((a) => [200, { items: own(a.caller?.userId) }]),
    ],
    ['GET', /^\/api\/v1\/auth\/logins$/, signedIn(() => [200, { items: [] }])],
    ['GET', /^\/api\/v1\/users\/me\/blocked$/, signedIn(() => [200, { items: [] }])],
    ['PUT', /^\/api\/v1\/users\/me\/blocked\/(.+)$/, none],
    ['DELETE', /^\/api\/v1\/users\/me\/blocked\/(.+)$/, none],
    ['GET', /^\/api\/v1\/users\/me\/privacy$/, signedIn(() => [200, {}])],
    ['PUT', /^\/api\/v1\/users\/me\/privacy$/, signedIn(({ body }) => [200, body])],
    ['PATCH', /^\/api\/v1\/users\/me$/, me],
    ['GET', /^\/api\/v1\/users\/(.+)$/, me],
    [
      'GET',
      /^\/sms\/messages$/,
      ({ query }) => [200, { messages: messages.filter(({ to }) => to === query.get('to')) }],
    ],
  ];
  return {
    routes,
    users,
    /** The owner of this access token. */
    callerOf: (token: string | undefined) => access.get(token ?? ''),
    /** Expires every access token at once. */
    expireAll: () => access.clear(),
  };
}
