import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { oncallMetrics } from '../catalogue.ts';
import type { Inbox } from '../inbox/store.ts';
import type { Channel, InboxMessage, ReceivedMessage } from './message.ts';

export interface Receiver {
  /** Stores a message; throws HttpError 503 if it cannot, so that the sender retries. */
  keep(message: ReceivedMessage): Promise<InboxMessage>;
  /** Counts and logs a message that the real service would have refused. */
  refuse(problem: string): void;
}

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
