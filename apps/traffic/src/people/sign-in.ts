import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../target/client.ts';
import { LimitedError, UnexpectedAnswerError } from '../target/errors.ts';
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

  /** Asks for a code; undefined if the number has had its text messages of this hour. */
  async function begin({ phone, password, displayName }: Person) {
    try {
      return await client.send('register', { body: { phone, password, displayName } });
    } catch (error) {
      if (error instanceof LimitedError) return undefined;
      throw error;
    }
  }

  return {
    logIn,
    /** Signs up, or logs in if the number has an account: then the text message has no code. */
    async register(person: Person): Promise<TokenAnswer> {
      const { phone } = person;
      const seen = new Set((await readMessages(parts, phone)).map(({ id }) => id));
      const started = await begin(person);
      const code = started && (await waitForCode(parts, phone, seen));
      if (code !== undefined) {
        const { registrationId } = started ?? {};
        return client.send('verify', { body: { phone, registrationId, code, ...device } });
      }
      const known = await logIn(person);
      if (known !== undefined) return known;
      throw new UnexpectedAnswerError('read_message', 'the code', 'no message with one');
    },
    /** Undefined if the session has ended. */
    refresh: (refreshToken: string) =>
      client.attempt('refresh', { body: { refreshToken }, refusals: [401] }),
  };
}

async function readMessages({ inbox }: SignInParts, phone: string) {
  return (await inbox.send('read_message', { query: { to: phone } })).messages;
}

/** The code of the first message that is not in `seen`; undefined without one. */
async function waitForCode(
  parts: SignInParts,
  phone: string,
  seen: ReadonlySet<string>,
): Promise<string | undefined> {
  for (let attempt = 0; attempt < pollAttempts; attempt += 1) {
    const messages = await readMessages(parts, phone);
    const unseen = messages.find(({ id }) => !seen.has(id));
    if (unseen !== undefined) return /(\d{6})\D*$/.exec(unseen.text)?.[1];
    await sleep(pollIntervalMs, undefined, { signal: parts.signal });
  }
  return undefined;
}
