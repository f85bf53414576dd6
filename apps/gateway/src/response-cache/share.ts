import type { Telemetry } from '@watchkeeper/telemetry';
import type { Request, Response } from 'express';
import { gatewayMetrics } from '../catalogue.ts';
import type { Choice } from '../routing/choice.ts';
import { startExchange } from '../upstream/exchange.ts';
import { UpstreamError } from '../upstream/failures.ts';
import { refuse, relay } from '../upstream/relay.ts';
import { sharedHeaders, sharedHeadersFor } from '../upstream/request-headers.ts';
import type { Upstream } from '../upstream/upstream.ts';
import {
  type AnswerSource,
  AnswerTooLargeError,
  readAnswer,
  type SharedAnswer,
  sendAnswer,
} from './answer.ts';
import { type AnswerStatus, createAnswerCache } from './cache.ts';

export type Share = ReturnType<typeof createShare>;

// A menu older than this is more likely to mislead than to help.
const maxStaleMs = 300_000;

/** Whether a request may get another's answer: anonymous, and the same for everybody. */
export function isShared({ route }: Choice, { method, headers }: Request): boolean {
  return (
    route.cacheSeconds !== undefined &&
    method === 'GET' &&
    headers.authorization === undefined &&
    headers.cookie === undefined
  );
}

/**
 * Creates the function that responds from the cache, from a request in flight, or with a new request.
 * @param now milliseconds since the epoch
 */
export function createShare(telemetry: Telemetry, now = Date.now) {
  const cache = createAnswerCache(telemetry, now);
  const shared = telemetry.declareMetrics(gatewayMetrics).counter('gateway_shared_answers_total');
  for (const source of ['in_flight', 'stale'] as const) shared.add(0, { source });

  async function ask(upstream: Upstream, choice: Choice, headers: Headers): Promise<SharedAnswer> {
    // Only its timeout ends it: others may wait for what one caller no longer wants.
    const exchange = startExchange(choice.route.timeoutMs);
    try {
      const question = { method: 'GET', target: choice.target, headers, exchange };
      return await readAnswer(await upstream.ask(choice.route, question), exchange, now);
    } finally {
      exchange.end();
    }
  }

  return async (
    upstream: Upstream,
    choice: Choice,
    request: Request,
    response: Response,
  ): Promise<void> => {
    const headers = sharedHeadersFor(request);
    const key = keyOf(choice, headers);
    const cacheSeconds = choice.route.cacheSeconds ?? 0;
    const send = (answer: SharedAnswer, source: AnswerSource) => {
      if (source === 'in_flight' || source === 'stale') shared.increment({ source });
      sendAnswer(response, answer, { source, cacheSeconds, now });
    };
    const fresh = cache.get(key);
    if (fresh !== undefined) return send(fresh, 'hit');
    const status: AnswerStatus = {};
    const context = () => ask(upstream, choice, headers);
    try {
      const answer = await cache.forceFetch(key, { context, status, ttl: cacheSeconds * 1_000 });
      send(answer, status.fetch === 'inflight' ? 'in_flight' : 'miss');
    } catch (error) {
      if (error instanceof AnswerTooLargeError) return relay(upstream, choice, request, response);
      const stale = cache.peek(key, { allowStale: true });
      const isUsable = stale !== undefined && now() - stale.receivedAtMs <= maxStaleMs;
      if (error instanceof UpstreamError && isUsable) return send(stale, 'stale');
      refuse(error, response);
    }
  };
}

/** All that an upstream sees of a request, so that no answer can vary by anything else. */
function keyOf({ route, target }: Choice, headers: Headers): string {
  const question = `${route.path} ${target.path}${target.search}`;
  return [question, ...sharedHeaders.map((name) => headers.get(name) ?? '')].join('\n');
}
