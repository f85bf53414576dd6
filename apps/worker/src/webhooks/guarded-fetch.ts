import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import {
  ForbiddenAddressError,
  guardedLookup,
  isListed,
  isSendable,
  listedLookup,
  type PrivateHosts,
} from './address-guard.ts';

type Fetch = typeof globalThis.fetch;

/**
 * Creates a `fetch` for untrusted URLs: http and https only, private addresses only of listed hosts, no
 * redirects, and of the response only the status. It posts text, and supports the options `body`,
 * `headers` and `signal`.
 */
export function createGuardedFetch(privateHosts: PrivateHosts): Fetch {
  return (input, { body, headers, signal } = {}) => {
    const url = String(input);
    if (!isSendable(url, privateHosts)) {
      return Promise.reject(new ForbiddenAddressError('The URL is not allowed for webhooks.'));
    }
    const text = Buffer.from(typeof body === 'string' ? body : '');
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const request = send(url, {
      method: 'POST',
      headers: { ...Object.fromEntries(new Headers(headers)), 'content-length': text.length },
      // A connection per request: receivers are many, and each gets few.
      agent: false,
      ...(signal ? { signal } : {}),
      lookup: isListed(url, privateHosts) ? listedLookup : guardedLookup,
    });
    request.end(text);
    return waitForStatus(request, signal ?? undefined);
  };
}

function waitForStatus(request: ClientRequest, signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.once('response', (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      // A `Response` can't carry any other status, 101 say.
      if (statusCode >= 200 && statusCode <= 599) {
        resolve(new Response(null, { status: statusCode }));
      } else reject(new Error(`Expected a final status, got ${statusCode}.`));
    });
    // The signal's own reason distinguishes a timeout from a shutdown.
    request.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
  });
}
