import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { oncallMetrics } from '../catalogue.ts';
import type { Inbox } from '../inbox/store.ts';
import type { Channel, InboxMessage, ReceivedMessage } from './message.ts';

/** What each channel does with what it reads. */
export interface Receiver {
  /** Keeps a message; throws HttpError 503 when it can't, so that the sender tries again. */
  keep(message: ReceivedMessage): Promise<InboxMessage>;
  /** Counts and logs what the real one would have refused. */
  refuse(problem: string): void;
}

/** Makes the receiver of a channel. */
export function createReceiver(telemetry: Telemetry, inbox: Inbox, channel: Channel): Receiver {
  const { logger } = telemetry;
  const messages = telemetry.declareMetrics(oncallMetrics).counter('inbox_messages_total');
  return {
    async keep(message) {
      const kept = await inbox.receiveMessage(message).catch((cause: unknown) => {
        throw new HttpError(503, 'The inbox could not store the message.', {
          code: 'inbox_unavailable',
          cause,
        });
      });
      messages.increment({ channel, result: 'accepted' });
      const { alertname, job, status, title } = kept;
      logger.info(
        { event: 'inbox_message_received', channel, alertname, job, status, title },
        'message received',
      );
      return kept;
    },
    refuse(problem) {
      messages.increment({ channel, result: 'refused' });
      logger.warn({ event: 'inbox_message_refused', channel, problem }, 'message refused');
    },
  };
}
