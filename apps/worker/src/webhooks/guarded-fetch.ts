import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ForbiddenAddressError, guardedLookup, isSendable } from './address-guard.ts';

type Fetch = typeof globalThis.fetch;

/**
 * Makes a `fetch` for addresses that strangers gave: http and https only, private addresses only
 * where they are allowed, no redirect followed, and no more read of the answer than its status.
 * It posts text; of the options it knows `body`, `headers` and `signal`.
 */
export function createGuardedFetch({ isPrivateAllowed }: { isPrivateAllowed: boolean }): Fetch {
  return (input, { body, headers, signal } = {}) => {
    const url = String(input);
    if (!isSendable(url, isPrivateAllowed)) {
      return Promise.reject(new ForbiddenAddressError('The address is not one for webhooks.'));
    }
    const text = Buffer.from(typeof body === 'string' ? body : '');
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const request = send(url, {
      method: 'POST',
      headers: { ...Object.fromEntries(new Headers(headers)), 'content-length': text.length },
      // One connection for each: receivers are many and each gets little.
      agent: false,
      ...(signal ? { signal } : {}),
      ...(isPrivateAllowed ? {} : { lookup: guardedLookup }),
    });
    request.end(text);
    return statusOf(request, signal ?? undefined);
  };
}

function statusOf(request: ClientRequest, signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.once('response', (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      // What is no final status, 101 say, a `Response` can't even carry.
      if (statusCode >= 200 && statusCode <= 599) {
        resolve(new Response(null, { status: statusCode }));
      } else reject(new Error(`Expected a final status, got ${statusCode}.`));
    });
    // The signal's own reason tells a timeout from a shutdown.
    request.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
  });
}
