import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a fake answers: a status, a body, and headers where it takes some. */
export type Answer = readonly [
  status: number,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];

/** A request, taken apart. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: the fake reads what it needs.
  readonly body: any;
  readonly bytes: Buffer;
  readonly headers: IncomingHttpHeaders;
  /** Who asks, where a token says so. */
  readonly caller: { readonly userId: string; readonly role: string } | undefined;
}

/** Answers one kind of request; the groups of the pattern are what it is about. */
export type Handler = (asked: Asked, ...groups: string[]) => Answer;

/** Which requests a handler answers, such as `POST /api/v1/orders`. */
export type Routes = readonly (readonly [method: string, path: RegExp, handler: Handler])[];

/** A refusal as the services word it. */
export function refuse(status: number, details: object = {}): Answer {
  return [status, { statusCode: status, requestId: randomUUID(), details }];
}

/** Answers only who is signed in, in one of the roles where some are named. */
export function signedIn(handler: Handler, ...roles: string[]): Handler {
  return (asked, ...groups) => {
    if (asked.caller === undefined) return refuse(401);
    if (roles.length > 0 && !roles.includes(asked.caller.role)) return refuse(403);
    return handler(asked, ...groups);
  };
}
