import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../target/client.ts';
import { UnexpectedAnswerError } from '../target/errors.ts';
import type { TokenAnswer } from '../target/operations.ts';
import type { Person } from './person.ts';

export type SignIn = ReturnType<typeof createSignIn>;

interface SignInParts {
  /** The gateway's client, signed out. */
  readonly client: Client;
  /** The SMS inbox's client. */
  readonly inbox: Client;
  readonly device: { readonly deviceId: string; readonly deviceName: string };
  readonly signal: AbortSignal;
}

const pollAttempts = 20;
const pollIntervalMs = 250;

export function createSignIn(parts: SignInParts) {
  const { client, device } = parts;

  /** Undefined for a wrong number or password. */
  function logIn({ phone, password }: Person): Promise<TokenAnswer | undefined> {
    const body = { phone, password, ...device };
    return client.attempt('log_in', { body, refusals: [401, 403, 423] });
  }

  /** Verifies the number by the code of a message that is not in `seen`. */
  async function verify({ phone }: Person, seen: ReadonlySet<string>): Promise<TokenAnswer> {
    const code = await waitForCode(parts, phone, seen);
    return client.send('verify', { body: { phone, code, ...device } });
  }

  return {
    logIn,
    /** Signs up, or logs in if the number has an account. */
    async register(person: Person): Promise<TokenAnswer> {
      const { phone, password, displayName, role } = person;
      const seen = new Set((await readMessages(parts, phone)).map(({ id }) => id));
      const body = { phone, password, displayName, role };
      const isNew = await client.attempt('register', { body, refusals: [409] });
      if (isNew !== undefined) return verify(person, seen);
      const known = await logIn(person);
      if (known !== undefined) return known;
      // Registered earlier, but not verified.
      await client.send('request_code', { body: { phone } });
      return verify(person, seen);
    },
    /** Undefined if the session has ended. */
    refresh: (refreshToken: string) =>
      client.attempt('refresh', { body: { refreshToken }, refusals: [401] }),
  };
}

async function readMessages({ inbox }: SignInParts, phone: string) {
  return (await inbox.send('read_message', { query: { to: phone } })).messages;
}

async function waitForCode(
  parts: SignInParts,
  phone: string,
  seen: ReadonlySet<string>,
): Promise<string> {
  for (let attempt = 0; attempt < pollAttempts; attempt += 1) {
    const messages = await readMessages(parts, phone);
    const unseen = messages.filter(({ id }) => !seen.has(id));
    const code = unseen.map(({ text }) => /(\d{6})\D*$/.exec(text)?.[1]).find(Boolean);
    if (code !== undefined) return code;
    await sleep(pollIntervalMs, undefined, { signal: parts.signal });
  }
  throw new UnexpectedAnswerError('read_message', 'the code', 'no message with one');
}
