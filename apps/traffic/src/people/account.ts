import type { Random } from '../random.ts';
import type { TokenAnswer } from '../target/operations.ts';
import type { Person, Role } from './person.ts';

export interface Session {
  readonly userId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** On the steady clock; well before the token expires. */
  readonly refreshAtMs: number;
}

export interface Account extends Person {
  session: Session | undefined;
  /** Whether the phone number is known to have an account. */
  isRegistered: boolean;
}

// A token must not expire during a visit.
const refreshedShare = 0.8;

export function accountOf(person: Person): Account {
  return { ...person, session: undefined, isRegistered: false };
}

/** @param nowMs on the steady clock */
export function sessionOf(answer: TokenAnswer, nowMs: number): Session {
  const { accessToken, refreshToken, expiresInSeconds, user } = answer;
  const refreshAtMs = nowMs + expiresInSeconds * 1_000 * refreshedShare;
  return { userId: user.id, accessToken, refreshToken, refreshAtMs };
}

/** A person of that role; undefined if there is none. */
export function pickRole(accounts: readonly Account[], role: Role, random: Random) {
  const candidates = accounts.filter((account) => account.role === role);
  return candidates.length === 0 ? undefined : random.pick(candidates);
}
