import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The response of a fake. */
export type Answer = readonly [
  status: number,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];

/** A request, taken apart. */
export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: each handler knows its body.
  readonly body: any;
  readonly bytes: Buffer;
  readonly headers: IncomingHttpHeaders;
  /** The owner of the access token, if any. */
  readonly caller: { readonly userId: string; readonly role: string } | undefined;
}

/** Handles one kind of request; `groups` are those of the path's pattern. */
export type Handler = (received: ReceivedRequest, ...groups: string[]) => Answer;

/** Handlers by method and path, such as `POST /api/v1/orders`. */
export type Routes = readonly (readonly [method: string, path: RegExp, handler: Handler])[];

/** An error response in the services' format. */
export function refuse(status: number, details: object = {}): Answer {
  return [status, { statusCode: status, requestId: randomUUID(), details }];
}

/** Requires a signed-in caller, with one of the roles if any are listed. */
export function signedIn(handler: Handler, ...roles: string[]): Handler {
  return (received, ...groups) => {
    if (received.caller === undefined) return refuse(401);
    if (roles.length > 0 && !roles.includes(received.caller.role)) return refuse(403);
    return handler(received, ...groups);
  };
}
