import { setTimeout as sleep } from 'node:timers/promises';
import { anything, messageList, type TokenAnswer, tokens } from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import { UnexpectedAnswerError } from '../target/errors.ts';
import type { Person } from './person.ts';

/** How somebody gets in. */
export interface SignIn {
  /** Signs up, or logs in where the number has an account already. */
  register(person: Person): Promise<TokenAnswer>;
  /** @returns nothing where the number or the password is not known */
  logIn(person: Person): Promise<TokenAnswer | undefined>;
  /** @returns nothing where the session is over */
  refresh(refreshToken: string): Promise<TokenAnswer | undefined>;
}

/** What signing in is made with. */
export interface SignInParts {
  /** Of a stranger, to the gateway. */
  readonly client: Client;
  /** To where the messages can be read. */
  readonly inbox: Client;
  readonly device: { readonly deviceId: string; readonly deviceName: string };
  readonly signal: AbortSignal;
}

// A message takes as long as its provider; a person looks a few times and gives up.
const looks = 20;
const lookEveryMs = 250;
const auth = '/api/v1/auth';

/** Makes the way in. */
export function createSignIn(parts: SignInParts): SignIn {
  const { client, device } = parts;

  async function logIn({ phone, password }: Person): Promise<TokenAnswer | undefined> {
    return client.attempt({
      ...{ operation: 'log_in', method: 'POST', path: `${auth}/login` },
      ...{ body: { phone, password, ...device }, expected: 200, refusals: [401, 403, 423] },
      answer: tokens,
    });
  }

  /** Shows the code of the newest message that is not among those `seen` before it was sent. */
  async function verify({ phone }: Person, seen: ReadonlySet<string>): Promise<TokenAnswer> {
    const code = await waitForCode(parts, phone, seen);
    return client.send({
      ...{ operation: 'verify', method: 'POST', path: `${auth}/verify` },
      ...{ body: { phone, code, ...device }, expected: 200, answer: tokens },
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
      // Somebody registered the number and left before the code came.
      await client.send({
        ...{ operation: 'request_code', method: 'POST', path: `${auth}/otp` },
        ...{ body: { phone }, expected: 202, answer: anything },
      });
      return verify(person, seen);
    },
    refresh: (refreshToken) =>
      client.attempt({
        ...{ operation: 'refresh', method: 'POST', path: `${auth}/refresh` },
        ...{ body: { refreshToken }, expected: 200, refusals: [401], answer: tokens },
      }),
  };
}

const anyObject = anything.transform((body) => body ?? {});

async function readMessages({ inbox }: SignInParts, phone: string) {
  const { messages } = await inbox.send({
    ...{ operation: 'read_message', path: `/sms/messages?to=${encodeURIComponent(phone)}` },
    ...{ expected: 200, answer: messageList },
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
  for (let look = 0; look < looks; look += 1) {
    const messages = await readMessages(parts, phone);
    const unseen = messages.filter(({ id }) => !seen.has(id));
    const code = unseen.map(({ text }) => /(\d{6})\D*$/.exec(text)?.[1]).find(Boolean);
    if (code !== undefined) return code;
    await sleep(lookEveryMs, undefined, { signal: parts.signal });
  }
  throw new UnexpectedAnswerError('read_message', 'the code', 'no message with one');
}
