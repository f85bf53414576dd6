import { type RequestHandler, Router } from 'express';
import { createAssistant } from './assistant/assistant.ts';
import { assistantRoutes } from './assistant/routes.ts';
import { createAssistantUsage } from './assistant/store.ts';
import { openAttachmentStore } from './attachments/attachment-store.ts';
import { attachmentRoutes } from './attachments/routes.ts';
import { createAttachmentIndex } from './attachments/store.ts';
import type { Configuration } from './config.ts';
import type { Context } from './context.ts';
import type { ApiFaults } from './faults.ts';

/** `/api/v1`: attachments and the assistant. */
export function supportRoutes(
  { pool, telemetry }: Context,
  configuration: Pick<Configuration, 'assistant' | 'attachments'>,
  { faults, signedIn }: { faults: ApiFaults; signedIn: readonly RequestHandler[] },
): Router {
  const store = openAttachmentStore(configuration.attachments, telemetry, faults);
  const index = createAttachmentIndex(pool);
  const { quotaBytes } = configuration.attachments;
  const assistant = createAssistant(configuration.assistant, telemetry);
  const usage = createAssistantUsage(pool, configuration.assistant.questionsPerDay);
  const router = Router();
  router.use('/attachments', attachmentRoutes({ index, store, telemetry, quotaBytes }, signedIn));
  router.use('/assistant', assistantRoutes({ pool, assistant, usage, telemetry }, signedIn));
  return router;
}
