import type { TokenAnswer } from '../target/answers.ts';
import type { Person } from './person.ts';

/** What somebody has who is signed in. */
export interface Session {
  readonly userId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** On the steady clock; well before the token is over. */
  readonly refreshAtMs: number;
}

/** Somebody with an account, or about to have one. */
export interface Account extends Person {
  session: Session | undefined;
  /** Whether the number is known to have an account. */
  isRegistered: boolean;
}

// A visit that begins now must not meet the end of its token.
const refreshedShare = 0.8;

/** Makes a person's account, signed out. */
export function accountOf(person: Person): Account {
  return { ...person, session: undefined, isRegistered: false };
}

/** What the answer to a login is worth. @param nowMs on the steady clock */
export function sessionOf(answer: TokenAnswer, nowMs: number): Session {
  const { accessToken, refreshToken, expiresInSeconds, user } = answer;
  const refreshAtMs = nowMs + expiresInSeconds * 1_000 * refreshedShare;
  return { userId: user.id, accessToken, refreshToken, refreshAtMs };
}
