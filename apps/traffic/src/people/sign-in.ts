import { setTimeout as sleep } from 'node:timers/promises';
import { anything, messageList, type TokenAnswer, tokens } from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import { UnexpectedAnswerError } from '../target/errors.ts';
import type { Person } from './person.ts';

export interface SignIn {
  /** Signs up, or logs in if the number has an account. */
  register(person: Person): Promise<TokenAnswer>;
  /** Undefined for a wrong number or password. */
  logIn(person: Person): Promise<TokenAnswer | undefined>;
  /** Undefined if the session has ended. */
  refresh(refreshToken: string): Promise<TokenAnswer | undefined>;
}

interface SignInParts {
  /** The gateway's, signed out. */
  readonly client: Client;
  /** The SMS inbox's. */
  readonly inbox: Client;
  readonly device: { readonly deviceId: string; readonly deviceName: string };
  readonly signal: AbortSignal;
}

const pollAttempts = 20;
const pollIntervalMs = 250;
const auth = '/api/v1/auth';

export function createSignIn(parts: SignInParts): SignIn {
  const { client, device } = parts;

  async function logIn({ phone, password }: Person): Promise<TokenAnswer | undefined> {
    return client.attempt({
      ...{ operation: 'log_in', method: 'POST', path: `${auth}/login` },
      ...{ body: { phone, password, ...device }, refusals: [401, 403, 423], answer: tokens },
    });
  }

  /** Verifies the number by the code of a message that is not in `seen`. */
  async function verify({ phone }: Person, seen: ReadonlySet<string>): Promise<TokenAnswer> {
    const code = await waitForCode(parts, phone, seen);
    return client.send({
      ...{ operation: 'verify', method: 'POST', path: `${auth}/verify` },
      ...{ body: { phone, code, ...device }, answer: tokens },
    });
  }

  return {
    logIn,
    async register(person) {
      const { phone, password, displayName, role } = person;
      const seen = await readMessageIds(parts, phone);
      const isNew = await client.attempt({
        ...{ operation: 'register', method: 'POST', path: `${auth}/register` },
        ...{ body: { phone, password, displayName, role }, expected: 201, refusals: [409] },
        answer: anyObject,
      });
      if (isNew !== undefined) return verify(person, seen);
      const known = await logIn(person);
      if (known !== undefined) return known;
      // Registered earlier, but not verified.
      await client.send({
        ...{ operation: 'request_code', method: 'POST', path: `${auth}/otp`, body: { phone } },
        expected: 202,
      });
      return verify(person, seen);
    },
    refresh: (refreshToken) =>
      client.attempt({
        ...{ operation: 'refresh', method: 'POST', path: `${auth}/refresh` },
        ...{ body: { refreshToken }, refusals: [401], answer: tokens },
      }),
  };
}

const anyObject = anything.transform((body) => body ?? {});

async function readMessages({ inbox }: SignInParts, phone: string) {
  const { messages } = await inbox.send({
    ...{ operation: 'read_message', path: `/sms/messages?to=${encodeURIComponent(phone)}` },
    answer: messageList,
  });
  return messages;
}

async function readMessageIds(parts: SignInParts, phone: string): Promise<ReadonlySet<string>> {
  return new Set((await readMessages(parts, phone)).map(({ id }) => id));
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
