import { createTokenBucket } from '@watchkeeper/galley';
import { HttpError, type ReceivedMessage, type Telemetry } from '@watchkeeper/telemetry';
import type { ServerMessages } from '../protocol/messages.ts';

/** The way in from one client. */
export interface Inbound {
  /** Handles a message after those before it; rejects where a handler failed. */
  handle(message: ReceivedMessage): Promise<void>;
  /** Answers what is no message of the protocol. */
  refuse(): void;
  /** Resolves when everything that came in has been handled. */
  settled(): Promise<void>;
}

/** What a way in is made of. */
export interface InboundParts {
  readonly telemetry: Telemetry;
  readonly messagesPerSecond: number;
  readonly dispatch: (message: ReceivedMessage) => Promise<void> | void;
  readonly answer: (error: ServerMessages['error']) => void;
  /** Called when a client has been refused so often that it must be broken, or worse. */
  readonly onTooManyRefusals: () => void;
}

// More than any client needs at once; past it the database would pay for one client's haste.
const maxPending = 32;
// Twenty mistakes at once, then one in a second: a person's typing errors pass, a flood does not.
const toleratedRefusals = { refillPerSecond: 1, capacity: 20 };

/** Makes the way in: messages one after the other, not too many at once, not too often. */
export function createInbound(parts: InboundParts): Inbound {
  const { telemetry, messagesPerSecond, dispatch, answer, onTooManyRefusals } = parts;
  const errors = telemetry.metrics.counter('errors_total');
  const rejections = telemetry.metrics.counter('rate_limit_rejections_total');
  const takeMessage = createTokenBucket({
    refillPerSecond: messagesPerSecond,
    capacity: 2 * messagesPerSecond,
  });
  const takeRefusal = createTokenBucket(toleratedRefusals);
  let pending = 0;
  let last: Promise<unknown> = Promise.resolve();

  function reject(requestType: string | null, error: HttpError): void {
    const code = error.options.code ?? 'refused';
    errors.increment({ error_type: error.name, error_code: code });
    answer({ code, message: error.message, requestType });
    if (takeRefusal() > 0) onTooManyRefusals();
  }

  async function run(message: ReceivedMessage): Promise<void> {
    try {
      await dispatch(message);
    } catch (error) {
      if (error instanceof HttpError && error.statusCode < 500) return reject(message.type, error);
      // The sender learns nothing of the inside; the channel records the error with its trace.
      answer({
        code: 'failed',
        message: 'The message failed. Try again.',
        requestType: message.type,
      });
      throw error;
    } finally {
      pending -= 1;
    }
  }

  return {
    async handle(message) {
      if (takeMessage() > 0) {
        rejections.increment({ limiter: 'ws_messages' });
        return reject(message.type, tooOften(messagesPerSecond));
      }
      if (pending >= maxPending) return reject(message.type, tooMany());
      pending += 1;
      const done = last.then(() => run(message));
      last = done.catch(() => {});
      return done;
    },
    refuse: () => reject(null, unknownMessage()),
    settled: async () => void (await last),
  };
}

function tooOften(perSecond: number): HttpError {
  const message = `Expected at most ${perSecond} messages a second.`;
  return new HttpError(429, message, { code: 'rate_limited' });
}

function tooMany(): HttpError {
  const message = `Expected at most ${maxPending} messages that are not answered yet.`;
  return new HttpError(429, message, { code: 'too_many_pending' });
}

function unknownMessage(): HttpError {
  const message = 'Expected JSON, `{"type": …, "data": …}`, of a type that a client may send.';
  return new HttpError(400, message, { code: 'unknown_message' });
}
