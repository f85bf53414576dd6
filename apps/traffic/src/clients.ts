import { instrumentFetch } from '@watchkeeper/telemetry';
import type { Common } from './common.ts';
import type { Account } from './people/account.ts';
import { createSignIn } from './people/sign-in.ts';
import { type ClientOptions, createClient } from './target/client.ts';
import { createRetryAfters } from './target/retry-after.ts';

export type Clients = ReturnType<typeof createClients>;

/** Creates the clients, which share received Retry-Afters. */
export function createClients(parts: Common) {
  const { configuration, newId, signal } = parts;
  const { targetUrl, smsInboxUrl } = configuration;
  const options = createOptions(parts, targetUrl);
  // A third party, which gets no trace headers.
  const inboxOptions = createOptions(parts, smsInboxUrl);

  return {
    /** The client of an account; signed out without one. */
    of: (correlationId: string, account?: Account) =>
      createClient(options, { correlationId, ...callerOf(account) }),
    signInFrom(correlationId: string, deviceName: string) {
      // New for each process, so that two of one seed do not end each other's sessions.
      const deviceId = newId();
      const client = createClient(options, { correlationId });
      const inbox = createClient(inboxOptions, { correlationId });
      const device = { deviceId, deviceName };
      return { ...createSignIn({ client, inbox, device, signal }), deviceId };
    },
    /** Ignores Retry-After. */
    guesser: createClient(
      { ...options, retryAfters: { remainingMs: () => 0, wait: () => {} } },
      { correlationId: newId() },
    ),
  };
}

function createOptions(
  { configuration, metrics, log, signal, now }: Common,
  baseUrl: string,
): ClientOptions {
  const requests = metrics.counter('traffic_requests_total');
  const own = new URL(configuration.targetUrl).hostname;
  return {
    baseUrl,
    fetch: instrumentFetch(globalThis.fetch, { ownHosts: [own] }),
    timeoutMs: configuration.timeoutMs,
    retryAfters: createRetryAfters(now),
    signal,
    onOutcome: (operation, outcome) => requests.increment({ operation, outcome }),
    onLimited(operation, limiter, waitMs) {
      const fields = { operation, limiter, retry_after_seconds: waitMs / 1_000 };
      log('warn', 'traffic_request_limited', 'request limited', fields);
    },
  };
}

function callerOf(account: Account | undefined) {
  if (account === undefined) return {};
  return {
    name: account.phone,
    accessToken: () => account.session?.accessToken,
    // It is refreshed soon, or its owner logs in again.
    onTokenRefused() {
      if (account.session !== undefined) account.session = { ...account.session, refreshAtMs: 0 };
    },
  };
}
