import { MissedMessageError } from '../target/errors.ts';
import type { ServerMessage, ServerMessageType } from './protocol.ts';

/** Messages that somebody waits for. */
export interface Mailbox {
  /**
   * Resolves with the next message of the type that fits, and how long it took to come.
   * @throws MissedMessageError when it does not come in time
   */
  expect<T extends ServerMessageType>(
    type: T,
    fits: (data: ServerMessage<T>) => boolean,
    timeoutMs: number,
  ): Promise<{ data: ServerMessage<T>; waitMs: number }>;
  deliver(type: ServerMessageType, data: unknown): void;
  /** Nothing comes any more: whoever waits is told at once. */
  close(): void;
}

interface Waiting {
  readonly type: ServerMessageType;
  take(data: unknown): boolean;
  giveUp(): void;
}

/** Makes an empty mailbox. @param now milliseconds on a steady clock */
export function createMailbox(now: () => number): Mailbox {
  const waiting = new Set<Waiting>();
  let isClosed = false;

  return {
    expect<T extends ServerMessageType>(
      type: T,
      fits: (data: ServerMessage<T>) => boolean,
      timeoutMs: number,
    ) {
      const startedAt = now();
      const { promise, resolve, reject } = Promise.withResolvers<{
        data: ServerMessage<T>;
        waitMs: number;
      }>();
      const giveUp = () => {
        clearTimeout(timer);
        waiting.delete(entry);
        reject(new MissedMessageError(type, timeoutMs));
      };
      const timer = setTimeout(giveUp, timeoutMs);
      const entry: Waiting = {
        type,
        giveUp,
        take(data) {
          if (!fits(data as ServerMessage<T>)) return false;
          clearTimeout(timer);
          resolve({ data: data as ServerMessage<T>, waitMs: now() - startedAt });
          return true;
        },
      };
      waiting.add(entry);
      // Whoever waits may be busy with a request that fails first.
      promise.catch(() => {});
      // A visit may still hold a connection that is gone.
      if (isClosed) giveUp();
      return promise;
    },
    deliver(type, data) {
      for (const entry of waiting) {
        if (entry.type === type && entry.take(data)) waiting.delete(entry);
      }
    },
    close() {
      isClosed = true;
      for (const entry of [...waiting]) entry.giveUp();
    },
  };
}
