import type { Telemetry } from '@watchkeeper/telemetry';
import { oncallMetrics } from '../catalogue.ts';
import type { Inbox } from '../inbox/store.ts';
import { failTemporarily } from '../inbox/validation.ts';
import type { Channel, ReceivedMessage } from './message.ts';

export type Receiver = ReturnType<typeof createReceiver>;

export function createReceiver(telemetry: Telemetry, inbox: Inbox, channel: Channel) {
  const { logger } = telemetry;
  const messages = telemetry.declareMetrics(oncallMetrics).counter('inbox_messages_total');
  return {
    /** Stores a message; throws HttpError 503 if it cannot, so that the sender retries. */
    async keep(message: ReceivedMessage) {
      const kept = await inbox.receiveMessage(message).catch(failTemporarily);
      messages.increment({ channel, result: 'accepted' });
      const { alertname, job, status, title } = kept;
      const fields = { channel, alertname, job, status, title };
      logger.info({ event: 'inbox_message_received', ...fields }, 'message received');
      return kept;
    },
    /** Counts and logs a message that the real service would have refused. */
    refuse(problem: string) {
      messages.increment({ channel, result: 'refused' });
      logger.warn({ event: 'inbox_message_refused', channel, problem }, 'message refused');
    },
  };
}
