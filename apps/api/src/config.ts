import { readServiceConfiguration, type ServiceConfiguration } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';
import { type AccountsConfiguration, readAccountsConfiguration } from './accounts/config.ts';
import { type AssistantConfiguration, readAssistantConfiguration } from './assistant/config.ts';
import {
  type AttachmentsConfiguration,
  readAttachmentsConfiguration,
} from './attachments/config.ts';

export interface Configuration extends ServiceConfiguration {
  readonly accounts: AccountsConfiguration;
  readonly attachments: AttachmentsConfiguration;
  readonly assistant: AssistantConfiguration;
  readonly cardProcessorUrl: string;
}

/** Reads the api's own variables; errors stay in the reader. */
export function readConfiguration(reader: EnvironmentReader): Configuration {
  return {
    // Ten to twenty connections carry the seeds' load; the alerts assume twenty.
    ...readServiceConfiguration(reader, { poolSize: 20 }),
    accounts: readAccountsConfiguration(reader),
    attachments: readAttachmentsConfiguration(reader),
    assistant: readAssistantConfiguration(reader),
    // The stand-in in `apps/third-parties` on the same machine.
    cardProcessorUrl: reader.url('CARD_PROCESSOR_URL', 'http://127.0.0.1:8026'),
  };
}
