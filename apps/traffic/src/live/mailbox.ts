import { MissedMessageError } from '../target/errors.ts';
import type { ServerMessage, ServerMessageType } from './protocol.ts';

export type Mailbox = ReturnType<typeof createMailbox>;

interface Waiting {
  readonly type: ServerMessageType;
  take(data: unknown): boolean;
  miss(): void;
}

/** @param now milliseconds on a steady clock */
export function createMailbox(now: () => number) {
  const waiting = new Set<Waiting>();
  let isClosed = false;

  return {
    /**
     * Resolves with the next matching message and its latency.
     * @throws MissedMessageError after the timeout
     */
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
      const miss = () => {
        clearTimeout(timer);
        waiting.delete(entry);
        reject(new MissedMessageError(type, timeoutMs));
      };
      const timer = setTimeout(miss, timeoutMs);
      const entry: Waiting = {
        type,
        miss,
        take(data) {
          if (!fits(data as ServerMessage<T>)) return false;
          clearTimeout(timer);
          resolve({ data: data as ServerMessage<T>, waitMs: now() - startedAt });
          return true;
        },
      };
      waiting.add(entry);
      // The caller may fail before it awaits this.
      promise.catch(() => {});
      // A visit may still use a closed connection.
      if (isClosed) miss();
      return promise;
    },
    deliver(type: ServerMessageType, data: unknown) {
      for (const entry of waiting) {
        if (entry.type === type && entry.take(data)) waiting.delete(entry);
      }
    },
    /** Rejects everything that is still expected. */
    close() {
      isClosed = true;
      for (const entry of [...waiting]) entry.miss();
    },
  };
}
