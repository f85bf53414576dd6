import { createTokenCheck, HttpError } from '@watchkeeper/telemetry';
import type { RequestHandler } from 'express';

/** Knows the senders of notifications by their token; without one every sender is accepted. */
export interface SenderCheck {
  /** For the routes that Alertmanager posts to; throws HttpError 401. */
  readonly requireToken: RequestHandler;
  /** Of a routing key or a password, in constant time. */
  isToken(text: string): boolean;
  readonly isRequired: boolean;
}

export function createSenderCheck(token: string | undefined): SenderCheck {
  const check = token === undefined ? () => true : createTokenCheck(token);
  return {
    requireToken(request, response, next) {
      if (check(request.headers.authorization)) return next();
      response.set('www-authenticate', 'Bearer');
      throw new HttpError(401, 'Expected the bearer token of `RECEIVER_TOKEN_FILE`.', {
        code: 'sender_unknown',
      });
    },
    isToken: (text) => check(`Bearer ${text}`),
    isRequired: token !== undefined,
  };
}
