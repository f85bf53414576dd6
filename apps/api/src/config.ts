import { readServiceConfiguration, readSigningKey } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';
import { readAccountsConfiguration } from './accounts/config.ts';
import { readAssistantConfiguration } from './assistant/config.ts';
import { readAttachmentsConfiguration } from './attachments/config.ts';

export type Configuration = Readonly<ReturnType<typeof readConfiguration>>;

/** Reads the api's own variables; errors stay in the reader. */
export function readConfiguration(reader: EnvironmentReader) {
  // Ten to twenty connections carry the seeds' load; the alerts assume twenty.
  const service = readServiceConfiguration(reader, { poolSize: 20 });
  return {
    ...service,
    /** The private key of access tokens, which no other service has. */
    signingKey: readSigningKey(reader, service.readKeys),
    accounts: readAccountsConfiguration(reader),
    attachments: readAttachmentsConfiguration(reader),
    assistant: readAssistantConfiguration(reader),
    // The stand-in in `apps/third-parties` on the same machine.
    cardProcessorUrl: reader.url('CARD_PROCESSOR_URL', 'http://127.0.0.1:8026'),
  };
}
