import { instrumentFetch, type Metrics } from '@watchkeeper/telemetry';
import type { trafficMetrics } from './catalogue.ts';
import type { Configuration } from './config.ts';
import type { Account } from './people/account.ts';
import { createSignIn, type SignIn } from './people/sign-in.ts';
import { type Client, type ClientOptions, createClient } from './target/client.ts';
import { createPatience } from './target/patience.ts';
import type { ThrottledLog } from './throttled-log.ts';

/** What everybody asks through. */
export interface Clients {
  /** Of an account, or of a stranger. */
  of(correlationId: string, account?: Account): Client;
  signInFrom(correlationId: string, deviceName: string): SignIn & { readonly deviceId: string };
  /** Of somebody who does not care about being told to wait. */
  readonly guesser: Client;
}

/** What clients are made with. */
export interface ClientParts {
  readonly configuration: Configuration;
  readonly metrics: Metrics<typeof trafficMetrics>;
  readonly log: ThrottledLog;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  /** Milliseconds on a steady clock. */
  readonly now: () => number;
}

/** Makes the clients; they share the memory of who has to wait. */
export function createClients(parts: ClientParts): Clients {
  const { configuration, newId, signal, now } = parts;
  const { targetUrl, smsInboxUrl } = configuration;
  const options = createOptions(parts, targetUrl);
  // A third party's, who is told nothing of our traces.
  const inboxOptions = { ...createOptions(parts, smsInboxUrl), patience: createPatience(now) };

  return {
    of: (correlationId, account) => createClient(options, { correlationId, ...askerOf(account) }),
    signInFrom(correlationId, deviceName) {
      // New for each process, so that two of one seed don't end each other's sessions.
      const deviceId = newId();
      const client = createClient(options, { correlationId });
      const inbox = createClient(inboxOptions, { correlationId });
      const device = { deviceId, deviceName };
      return { ...createSignIn({ client, inbox, device, signal }), deviceId };
    },
    // Without a memory nothing makes it wait.
    guesser: createClient(
      { ...options, patience: { remainingMs: () => 0, wait: () => {} } },
      { correlationId: newId() },
    ),
  };
}

function createOptions(
  { configuration, metrics, log, signal, now }: ClientParts,
  baseUrl: string,
): ClientOptions {
  const requests = metrics.counter('traffic_requests_total');
  const own = new URL(configuration.targetUrl).hostname;
  return {
    baseUrl,
    fetch: instrumentFetch(globalThis.fetch, { ownHosts: [own] }),
    timeoutMs: configuration.timeoutMs,
    patience: createPatience(now),
    signal,
    onOutcome: (operation, outcome) => requests.increment({ operation, outcome }),
    onLimited(operation, limiter, waitMs) {
      const fields = { operation, limiter, retry_after_seconds: waitMs / 1_000 };
      log('warn', 'traffic_request_limited', 'request limited', fields);
    },
  };
}

function askerOf(account: Account | undefined) {
  if (account === undefined) return {};
  return {
    name: account.phone,
    accessToken: () => account.session?.accessToken,
    // It is renewed at the next occasion, or its owner logs in again.
    onTokenRefused() {
      if (account.session !== undefined) account.session = { ...account.session, refreshAtMs: 0 };
    },
  };
}
