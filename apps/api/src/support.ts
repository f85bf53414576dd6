import type { Telemetry } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { createAssistant } from './assistant/assistant.ts';
import { assistantRoutes } from './assistant/routes.ts';
import { createAssistantUsage } from './assistant/usage.ts';
import { openAttachmentStore } from './attachments/attachment-store.ts';
import { attachmentRoutes } from './attachments/routes.ts';
import { createAttachmentIndex } from './attachments/store.ts';
import type { Configuration } from './config.ts';
import type { ApiFaults } from './faults.ts';

export interface SupportDependencies {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly faults: ApiFaults;
  readonly configuration: Pick<Configuration, 'assistant' | 'attachments'>;
  readonly signedIn: readonly RequestHandler[];
}

/** `/api/v1`: attachments and the assistant. */
export function supportRoutes(dependencies: SupportDependencies): Router {
  const { pool, telemetry, faults, configuration, signedIn } = dependencies;
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
