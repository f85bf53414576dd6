import { randomInt, randomUUID } from 'node:crypto';
import { type Answer, type ReceivedRequest, type Routes, refuse, signedIn } from './fake-answer.ts';

interface FakeUser {
  readonly id: string;
  readonly phone: string;
  readonly password: string;
  readonly role: string;
}

/** As `STAFF_NUMBERS` of the api in the compose file grants it. */
function roleOf(phone: string): string {
  return { 1: 'courier', 2: 'restaurant' }[phone.at(-4) ?? ''] ?? 'customer';
}

/** Accounts, sessions and profiles, as far as people use them. */
export function createFakeAccounts() {
  const users = new Map<string, FakeUser>();
  const access = new Map<string, { userId: string; role: string; sessionId: string }>();
  const refreshes = new Map<string, FakeUser>();
  const sessions = new Map<string, { id: string; userId: string; deviceId: string }>();
  const registrations = new Map<string, { user: FakeUser; code: string }>();
  const messages: { id: string; to: string; text: string }[] = [];
  const failures = new Map<string, number>();
  let areTextsUsedUp = false;

  function admit(user: FakeUser, deviceId: string): Answer {
    const [accessToken, refreshToken, sessionId] = [randomUUID(), randomUUID(), randomUUID()];
    access.set(accessToken, { userId: user.id, role: user.role, sessionId });
    sessions.set(sessionId, { id: sessionId, userId: user.id, deviceId });
    refreshes.set(refreshToken, user);
    return [200, { accessToken, refreshToken, expiresInSeconds: 900, user: { id: user.id } }];
  }

  const sendText = (to: string, text: string) => messages.unshift({ id: randomUUID(), to, text });

  function register({ body }: ReceivedRequest): Answer {
    if (areTextsUsedUp) return refuse(429, { limiter: 'one_time_codes' });
    const registrationId = randomUUID();
    if (users.has(body.phone)) sendText(body.phone, 'This number has an account: log in.');
    else {
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      const user = { ...body, id: randomUUID(), role: roleOf(body.phone) };
      registrations.set(registrationId, { user, code });
      sendText(body.phone, `Your code: ${code}`);
    }
    return [201, { registrationId }];
  }

  function verify({ body }: ReceivedRequest): Answer {
    const found = registrations.get(body.registrationId);
    if (found === undefined || found.code !== body.code) return refuse(401);
    registrations.delete(body.registrationId);
    users.set(found.user.phone, found.user);
    return admit(found.user, body.deviceId);
  }

  function logIn({ body }: ReceivedRequest): Answer {
    const failed = failures.get(body.phone) ?? 0;
    if (failed >= 5) return refuse(423);
    const user = users.get(body.phone);
    if (user === undefined || user.password !== body.password) {
      failures.set(body.phone, failed + 1);
      return refuse(401);
    }
    failures.delete(body.phone);
    return admit(user, body.deviceId);
  }

  function refresh({ body }: ReceivedRequest): Answer {
    const user = refreshes.get(body.refreshToken);
    refreshes.delete(body.refreshToken);
    return user === undefined ? refuse(401) : admit(user, 'refreshed');
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
    /** Those that wait for their code. */
    registrations,
    /** The owner of this access token. */
    callerOf: (token: string | undefined) => access.get(token ?? ''),
    /** Expires every access token at once. */
    expireAll: () => access.clear(),
    /** Has no number get another text message. */
    limitTexts() {
      areTextsUsedUp = true;
    },
  };
}
