import { setTimeout as sleep } from 'node:timers/promises';
import { type Link, SpanStatusCode, trace } from '@opentelemetry/api';
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
import { NobodyThereError } from '../target/errors.ts';

/** Types of messages whose waiting is measured. */
export type AwaitedType = 'order.status' | 'chat.message' | 'chat.receipt' | 'presence' | 'error';

/** What one visit has to do with: its chances, its people, and their clients. */
export interface Stage {
  readonly random: Random;
  readonly configuration: Configuration;
  /** A new id; not from the seed, because a second run must not repeat the first one's orders. */
  newId(): string;
  /** Of somebody who is not signed in. */
  readonly stranger: Client;
  /** Of somebody who is. */
  as(account: Account): Client;
  /** How strangers get in, from a device of their own. */
  signInFrom(deviceName: string): SignIn & { readonly deviceId: string };
  /** Somebody who is signed in, online if possible. @throws NobodyThereError */
  pick(role: Role): Account;
  connectionOf(account: Account): Connection | undefined;
  /** Waits for a message of a connection, measured. @throws MissedMessageError */
  expect<T extends AwaitedType>(
    connection: Connection,
    type: T,
    fits: (data: ServerMessage<T>) => boolean,
  ): Promise<ServerMessage<T>>;
  /** Plays a part of the visit in a trace of its own, linked to the part before. */
  scene<T>(name: string, play: () => Promise<T>): Promise<T>;
  /** Lets about as long pass as there is between two steps of an order. */
  pause(): Promise<void>;
  /** Makes an order known as one that a visit takes care of; the function says that it is over. */
  adopt(orderId: string): () => void;
  isAdopted(orderId: string): boolean;
}

/** What all stages share. */
export interface StageParts {
  readonly configuration: Configuration;
  readonly population: Population;
  readonly crowd: Crowd;
  readonly newId: () => string;
  /** Ends every wait when the process ends. */
  readonly signal: AbortSignal;
  readonly clientOf: (correlationId: string, account?: Account) => Client;
  readonly signInFrom: (
    correlationId: string,
    deviceName: string,
  ) => SignIn & { readonly deviceId: string };
  readonly onMessage: (type: AwaitedType, waitMs: number | undefined) => void;
  /** The orders that visits take care of now, so that a shift does not interfere. */
  readonly adopted: Set<string>;
}

const tracer = trace.getTracer('@watchkeeper/traffic');

/** Makes the stage of one visit. */
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
      if (account === undefined) throw new NobodyThereError(role);
      return account;
    },
    connectionOf: (account) => crowd.connectionOf(account),
    async expect(connection, type, fits) {
      // A push is there long before a person reloads the page, which is as patient as a request.
      const patienceMs = configuration.timeoutMs / 2;
      try {
        const { data, waitMs } = await connection.expect(type, fits, patienceMs);
        parts.onMessage(type, waitMs);
        return data;
      } catch (error) {
        parts.onMessage(type, undefined);
        throw error;
      }
    },
    async pause() {
      // From half the mean to one and a half of it.
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

/** A trace lasts seconds: what people do minutes apart is only linked. */
function createScenes(): Stage['scene'] {
  let links: Link[] = [];
  return (name, play) =>
    tracer.startActiveSpan(`visit ${name}`, { root: true, links }, async (span) => {
      links = [{ context: span.spanContext() }];
      try {
        return await play();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        if (error instanceof Error) span.recordException(error);
        throw error;
      } finally {
        span.end();
      }
    });
}
