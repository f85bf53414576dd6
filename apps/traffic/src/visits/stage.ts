import { setTimeout as sleep } from 'node:timers/promises';
import { type Link, SpanStatusCode, trace } from '@opentelemetry/api';
import type { awaitedTypes } from '../catalogue.ts';
import type { Clients } from '../clients.ts';
import type { Common } from '../common.ts';
import type { Connection } from '../live/connection.ts';
import type { Crowd } from '../live/crowd.ts';
import type { ServerMessage } from '../live/protocol.ts';
import type { Account } from '../people/account.ts';
import type { Role } from '../people/person.ts';
import type { Population } from '../people/population.ts';
import type { Random } from '../random.ts';
import { NobodyAvailableError } from '../target/errors.ts';

export type AwaitedType = (typeof awaitedTypes)[number];

/** The random choices, people and clients of one visit. */
export type Stage = ReturnType<typeof createStage>;

export interface StageParts extends Common {
  readonly population: Population;
  readonly crowd: Crowd;
  readonly clients: Pick<Clients, 'of' | 'signInFrom'>;
  readonly onMessage: (type: AwaitedType, waitMs: number | undefined) => void;
  /** The orders that visits handle now, so that a shift does not interfere. */
  readonly adopted: Set<string>;
}

const tracer = trace.getTracer('@watchkeeper/traffic');

export function createStage(parts: StageParts, random: Random) {
  const { configuration, population, crowd, clients, newId, signal, adopted } = parts;
  const correlationId = newId();

  return {
    ...{ random, configuration },
    /** Not from the seed, because a second run must not repeat the orders of the first. */
    newId,
    /** The client of a person who is not signed in. */
    stranger: clients.of(correlationId),
    as: (account: Account) => clients.of(correlationId, account),
    /** Signs in from a new device. */
    signInFrom: (deviceName: string) => clients.signInFrom(correlationId, deviceName),
    /** A signed-in person, online if possible. @throws NobodyAvailableError */
    pick(role: Role) {
      const account = crowd.pick(role, random) ?? population.pick(role, random);
      if (account === undefined) throw new NobodyAvailableError(role);
      return account;
    },
    connectionOf: (account: Account) => crowd.connectionOf(account),
    /** Waits for a message and measures its latency. @throws MissedMessageError */
    async expect<T extends AwaitedType>(
      connection: Connection,
      type: T,
      fits: (data: ServerMessage<T>) => boolean,
    ): Promise<ServerMessage<T>> {
      // A push must be faster than a request.
      const timeoutMs = configuration.timeoutMs / 2;
      try {
        const { data, waitMs } = await connection.expect(type, fits, timeoutMs);
        parts.onMessage(type, waitMs);
        return data;
      } catch (error) {
        parts.onMessage(type, undefined);
        throw error;
      }
    },
    /** Runs a part of the visit in its own trace, linked to the previous part. */
    scene: createScenes(),
    /** Waits about as long as between two steps of an order. */
    async pause() {
      // Half to one and a half of the mean.
      const ms = configuration.stepSeconds * 1_000 * (0.5 + random.next());
      await sleep(ms, undefined, { signal });
    },
    /** Marks an order as handled by this visit, until the returned function is called. */
    adopt(orderId: string) {
      adopted.add(orderId);
      return () => adopted.delete(orderId);
    },
    isAdopted: (orderId: string) => adopted.has(orderId),
  };
}

/** Parts that are minutes apart are linked traces, not one. */
function createScenes() {
  let links: Link[] = [];
  return <T>(name: string, run: () => Promise<T>): Promise<T> =>
    tracer.startActiveSpan(`visit ${name}`, { root: true, links }, async (span) => {
      links = [{ context: span.spanContext() }];
      try {
        return await run();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        if (error instanceof Error) span.recordException(error);
        throw error;
      } finally {
        span.end();
      }
    });
}
