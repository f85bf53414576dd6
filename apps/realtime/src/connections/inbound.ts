import { createTokenBucket } from '@watchkeeper/galley';
import { HttpError, type ReceivedMessage, type Telemetry } from '@watchkeeper/telemetry';
import type { ServerMessages } from '../protocol/messages.ts';

interface InboundOptions {
  readonly telemetry: Telemetry;
  readonly messagesPerSecond: number;
  readonly dispatch: (message: ReceivedMessage) => Promise<void> | void;
  readonly sendError: (error: ServerMessages['error']) => void;
  /** Called when a client gets so many refusals that it must be broken or hostile. */
  readonly onTooManyRefusals: () => void;
}

const unknownMessage = 'Expected JSON, `{"type": …, "data": …}`, with a client message type.';
// More than any client needs; beyond it bursts of one client would load the database.
const maxPending = 32;
// Twenty mistakes at once, then one a second: a person's mistakes pass, a flood does not.
const toleratedRefusals = { refillPerSecond: 1, capacity: 20 };

/** Creates the inbound side of a connection: messages in order, within limits of number and rate. */
export function createInbound(options: InboundOptions) {
  const { telemetry, messagesPerSecond, dispatch, sendError, onTooManyRefusals } = options;
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
    sendError({ code, message: error.message, requestType });
    if (takeRefusal() > 0) onTooManyRefusals();
  }

  async function run(message: ReceivedMessage): Promise<void> {
    try {
      await dispatch(message);
    } catch (error) {
      if (error instanceof HttpError && error.statusCode < 500) return reject(message.type, error);
      // Without internals for the client; the channel records the error with its trace.
      sendError({
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
    /** Handles a message after those before it; rejects if its handler fails. */
    async handle(message: ReceivedMessage): Promise<void> {
      if (takeMessage() > 0) {
        rejections.increment({ limiter: 'ws_messages' });
        const limit = `${messagesPerSecond} messages a second`;
        return reject(message.type, tooMany('rate_limited', limit));
      }
      if (pending >= maxPending) {
        const limit = `${maxPending} unanswered messages`;
        return reject(message.type, tooMany('too_many_pending', limit));
      }
      pending += 1;
      const done = last.then(() => run(message));
      last = done.catch(() => {});
      return done;
    },
    /** Answers a frame that is no message of the protocol. */
    refuse: () => reject(null, new HttpError(400, unknownMessage, { code: 'unknown_message' })),
    /** Resolves when every received message has been handled. */
    settled: async () => void (await last),
  };
}

function tooMany(code: 'rate_limited' | 'too_many_pending', limit: string): HttpError {
  return new HttpError(429, `Expected at most ${limit}.`, { code });
}
