import { setTimeout as sleep } from 'node:timers/promises';
import { type Link, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Common } from '../common.ts';
import type { Configuration } from '../config.ts';
import type { Connection } from '../live/connection.ts';
import type { Crowd } from '../live/crowd.ts';
import type { ServerMessage } from '../live/protocol.ts';
import type { Account } from '../people/account.ts';
import type { Role } from '../people/person.ts';
import type { Population } from '../people/population.ts';
import type { SignIn } from '../people/sign-in.ts';
import type { Random } from '../random.ts';
import type { Client } from '../target/client.ts';
import { NobodyAvailableError } from '../target/errors.ts';

/** Messages whose latency is measured. */
export type AwaitedType = 'order.status' | 'chat.message' | 'chat.receipt' | 'presence' | 'error';

/** The random choices, people and clients of one visit. */
export interface Stage {
  readonly random: Random;
  readonly configuration: Configuration;
  /** Not from the seed, because a second run must not repeat the orders of the first. */
  newId(): string;
  /** The client of a person who is not signed in. */
  readonly stranger: Client;
  as(account: Account): Client;
  /** Signs in from a new device. */
  signInFrom(deviceName: string): SignIn & { readonly deviceId: string };
  /** A signed-in person, online if possible. @throws NobodyAvailableError */
  pick(role: Role): Account;
  connectionOf(account: Account): Connection | undefined;
  /** Waits for a message and measures its latency. @throws MissedMessageError */
  expect<T extends AwaitedType>(
    connection: Connection,
    type: T,
    fits: (data: ServerMessage<T>) => boolean,
  ): Promise<ServerMessage<T>>;
  /** Runs a part of the visit in its own trace, linked to the previous part. */
  scene<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** Waits about as long as between two steps of an order. */
  pause(): Promise<void>;
  /** Marks an order as handled by this visit, until the returned function is called. */
  adopt(orderId: string): () => void;
  isAdopted(orderId: string): boolean;
}

export interface StageParts extends Common {
  readonly population: Population;
  readonly crowd: Crowd;
  readonly clientOf: (correlationId: string, account?: Account) => Client;
  readonly signInFrom: (
    correlationId: string,
    deviceName: string,
  ) => SignIn & { readonly deviceId: string };
  readonly onMessage: (type: AwaitedType, waitMs: number | undefined) => void;
  /** The orders that visits handle now, so that a shift does not interfere. */
  readonly adopted: Set<string>;
}

const tracer = trace.getTracer('@watchkeeper/traffic');

export function createStage(parts: StageParts, random: Random): Stage {
  const { configuration, population, crowd, newId, signal, clientOf, adopted } = parts;
  const correlationId = newId();
  const scene = createScenes();

  return {
    ...{ random, configuration, newId, scene },
    stranger: clientOf(correlationId),
    as: (account) => clientOf(correlationId, account),
    signInFrom: (deviceName) => parts.signInFrom(correlationId, deviceName),
    pick(role) {
      const account = crowd.pick(role, random) ?? population.pick(role, random);
      if (account === undefined) throw new NobodyAvailableError(role);
      return account;
    },
    connectionOf: (account) => crowd.connectionOf(account),
    async expect(connection, type, fits) {
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
    async pause() {
      // Half to one and a half of the mean.
      const ms = configuration.stepSeconds * 1_000 * (0.5 + random.next());
      await sleep(ms, undefined, { signal });
    },
    adopt(orderId) {
      adopted.add(orderId);
      return () => adopted.delete(orderId);
    },
    isAdopted: (orderId) => adopted.has(orderId),
  };
}

/** Parts that are minutes apart are linked traces, not one. */
function createScenes(): Stage['scene'] {
  let links: Link[] = [];
  return (name, run) =>
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
