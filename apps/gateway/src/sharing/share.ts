import type { Telemetry } from '@watchkeeper/telemetry';
import type { Request, Response } from 'express';
import { gatewayMetrics } from '../catalogue.ts';
import type { Choice } from '../routing/choice.ts';
import { beginExchange } from '../upstream/exchange.ts';
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
import { createResponseCache } from './cache.ts';
import { createFlights } from './flights.ts';

/** Answers a request from the cache, from a question under way, or with a new question. */
export type Share = (
  upstream: Upstream,
  choice: Choice,
  request: Request,
  response: Response,
) => Promise<void>;

/** Whether the answer to a request may be another's: asked by anybody, and the same for everybody. */
export function isShared({ route }: Choice, { method, headers }: Request): boolean {
  return (
    route.cacheSeconds !== undefined &&
    method === 'GET' &&
    headers.authorization === undefined &&
    headers.cookie === undefined
  );
}

/** Makes the sharing of answers; `now` gives milliseconds since the epoch. */
export function createShare(telemetry: Telemetry, now = Date.now): Share {
  const cache = createResponseCache(telemetry, now);
  const flights = createFlights<SharedAnswer>();
  const shared = telemetry.declareMetrics(gatewayMetrics).counter('gateway_shared_answers_total');
  for (const source of ['in_flight', 'stale'] as const) shared.add(0, { source });

  async function ask(upstream: Upstream, choice: Choice, headers: Headers): Promise<SharedAnswer> {
    // Ends by its limit of time alone: others may wait for what one caller no longer wants.
    const exchange = beginExchange(choice.route.timeoutMs);
    try {
      const question = { method: 'GET', target: choice.target, headers, exchange };
      const answer = await readAnswer(await upstream.ask(question), exchange, now);
      cache.keep(choice, headers, answer);
      return answer;
    } finally {
      exchange.end();
    }
  }

  return async (upstream, choice, request, response) => {
    const headers = sharedHeadersFor(request);
    const send = (answer: SharedAnswer, source: AnswerSource) => {
      const cacheSeconds = choice.route.cacheSeconds ?? 0;
      if (source === 'in_flight' || source === 'stale') shared.increment({ source });
      sendAnswer(response, answer, { source, cacheSeconds, now });
    };
    const fresh = cache.find(choice, headers);
    if (fresh !== undefined) return send(fresh, 'hit');
    const flight = flights.join(keyOf(choice, headers), () => ask(upstream, choice, headers));
    try {
      send(await flight.answer, flight.isFirst ? 'miss' : 'in_flight');
    } catch (error) {
      if (error instanceof AnswerTooLargeError) return relay(upstream, choice, request, response);
      const stale = cache.findStale(choice, headers);
      if (error instanceof UpstreamError && stale !== undefined) return send(stale, 'stale');
      refuse(error, response);
    }
  };
}

/** Requests are identical where everything is that an upstream gets to see of them. */
function keyOf({ route, target }: Choice, headers: Headers): string {
  const question = [route.upstream, target.path + target.search];
  return [...question, ...sharedHeaders.map((name) => headers.get(name) ?? '')].join('\n');
}
