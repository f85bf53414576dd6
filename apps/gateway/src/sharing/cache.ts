import { instrumentCache, type Telemetry } from '@watchkeeper/telemetry';
import { LRUCache } from 'lru-cache';
import type { Choice } from '../routing/choice.ts';
import { sharedHeaders } from '../upstream/request-headers.ts';
import type { SharedAnswer } from './answer.ts';

/** Answers that were given, for as long as they may be given again. */
export interface ResponseCache {
  /** A fresh answer to the same question. */
  find(choice: Choice, headers: Headers): SharedAnswer | undefined;
  /** An answer whose time is over, for when there is no better one. */
  findStale(choice: Choice, headers: Headers): SharedAnswer | undefined;
  /** Keeps an answer, unless it or its status says that it must not be kept. */
  keep(choice: Choice, headers: Headers, answer: SharedAnswer): void;
}

const maxBytes = 32 * 1_048_576;
// What an entry costs beside its body.
const overheadBytes = 1_024;
// Longer ago, a menu is more likely to mislead than to help.
const maxStaleMs = 300_000;

/** Makes the cache of responses, bounded in bytes. */
export function createResponseCache(telemetry: Telemetry, now: () => number): ResponseCache {
  const answers = new LRUCache<string, SharedAnswer>({
    max: 10_000,
    maxSize: maxBytes,
    sizeCalculation: ({ body }) => body.length + overheadBytes,
    // An entry whose time is over stays, for the day on which the upstream fails.
    noDeleteOnStaleGet: true,
    perf: { now },
    ttlResolution: 0,
  });
  // By which headers of the request the answers to a question differ, as the upstream said.
  const variance = new LRUCache<string, readonly string[]>({ max: 10_000 });
  instrumentCache(answers, telemetry, {
    name: 'gateway_responses',
    describeKey: (key) => key.slice(0, key.indexOf(' ')),
  });

  const keyOf = (choice: Choice, headers: Headers) => {
    const question = questionOf(choice);
    const names = variance.get(question) ?? [];
    return [question, ...names.map((name) => `${name}: ${headers.get(name) ?? ''}`)].join('\n');
  };

  return {
    find: (choice, headers) => answers.get(keyOf(choice, headers)),
    findStale(choice, headers) {
      const answer = answers.peek(keyOf(choice, headers), { allowStale: true });
      return answer && now() - answer.receivedAtMs <= maxStaleMs ? answer : undefined;
    },
    keep(choice, headers, answer) {
      const names = varyOf(answer);
      if (answer.status !== 200 || names.includes('*') || isPrivate(answer)) return;
      const known = variance.get(questionOf(choice)) ?? [];
      variance.set(questionOf(choice), [...new Set([...known, ...names.filter(isForwarded)])]);
      const ttl = (choice.route.cacheSeconds ?? 0) * 1_000;
      answers.set(keyOf(choice, headers), answer, { ttl });
    },
  };
}

/** The others never reach the upstream, so no answer can differ by them. */
function isForwarded(name: string): boolean {
  return sharedHeaders.some((shared) => shared === name);
}

/** The template first: it is what the lines of the cache say of a key. */
function questionOf({ route, target }: Choice): string {
  return `${route.path} ${target.path}${target.search}`;
}

function varyOf({ headers }: SharedAnswer): string[] {
  const value = headers.find(([name]) => name === 'vary')?.[1] ?? '';
  return value
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}

/** An answer for one caller only, whatever its route says. */
function isPrivate({ headers }: SharedAnswer): boolean {
  return headers.some(
    ([name, value]) =>
      name === 'set-cookie' ||
      (name === 'cache-control' && /\b(private|no-store|no-cache)\b/i.test(value)),
  );
}
