import { randomInt } from 'node:crypto';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type AttackAnswer, edgeOf, send, type Target } from './target.ts';

/** A signed-in account of the test's own. */
export interface Person {
  readonly id: string;
  readonly phone: string;
  readonly password: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Calls the gateway as this person; a body is sent as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<AttackAnswer>;
}

/** Calls the gateway with JSON and, if given, a bearer token. */
export function callEdge(
  target: Target,
  method: string,
  path: string,
  {
    body,
    token,
    headers: own = {},
  }: { body?: unknown; token?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<AttackAnswer> {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...own,
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return send(edgeOf(target), `/api/v1${path}`, { method, headers, ...content });
}

/** A Dutch mobile number; synthetic customers are American. */
const newPhone = (): string => `+3161${randomInt(1e6, 1e7)}`;

/** The newest one-time code that was sent to a number. */
function readCode(target: Target, phone: string): Promise<string> {
  return waitUntil('the one-time code', async () => {
    const path = `/sms/messages?to=${encodeURIComponent(phone)}`;
    const { body } = await target.requestInside('third-parties', 3000, path);
    const { messages } = JSON.parse(body) as { messages: { text: string }[] };
    return /(\d{6})\D*$/.exec(messages[0]?.text ?? '')?.[1] ?? false;
  });
}

/** Registers a customer of its own and signs in. */
export async function signUp(target: Target): Promise<Person> {
  const phone = newPhone();
  const password = `long enough ${randomInt(1e9)}`;
  const account = { phone, password, displayName: 'Mallory' };
  // Synthetic customers sign in too, and the api sheds what it cannot do.
  const registrationId = await waitUntil('a registration', async () => {
    const { status, body } = await callEdge(target, 'POST', '/auth/register', { body: account });
    if (status !== 201) throw new Error(`Expected a registration, got ${body}`);
    return (JSON.parse(body) as { registrationId: string }).registrationId;
  });
  const code = await readCode(target, phone);
  const device = { deviceId: `attacker-${phone.slice(1)}`, deviceName: 'Attacker' };
  const verified = await callEdge(target, 'POST', '/auth/verify', {
    body: { phone, registrationId, code, ...device },
  });
  if (verified.status !== 200) throw new Error(`Expected a session, got ${verified.body}`);
  const tokens = JSON.parse(verified.body) as { accessToken: string; refreshToken: string };
  const token = tokens.accessToken;
  const profile = JSON.parse((await callEdge(target, 'GET', '/users/me', { token })).body);
  return {
    ...{ id: profile.id, phone, password },
    ...{ accessToken: token, refreshToken: tokens.refreshToken },
    call: (method, path, body, headers) =>
      callEdge(target, method, path, { token, body, ...(headers && { headers }) }),
  };
}
