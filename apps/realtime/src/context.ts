import type { PublishEvent, TokenVerifier } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import type { Settings } from './config.ts';
import type { Hub } from './connections/hub.ts';
import type { RealtimeFaults } from './faults.ts';
import type { Fanout } from './notifications/fanout.ts';
import type { OrderParties } from './orders/parties.ts';
import type { Channel } from './protocol/messages.ts';

export interface Dependencies {
  readonly pool: Pool;
  /** For the listener's own connection, outside the pool. */
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
  readonly tokens: TokenVerifier;
  readonly settings: Settings;
  readonly hub: Hub;
  readonly channel: Channel;
  readonly faults: RealtimeFaults;
}

/** Shared by the services of one instance. */
export interface Context extends Dependencies {
  readonly instanceId: string;
  readonly fanout: Fanout;
  readonly parties: OrderParties;
  /** Writes an event to the outbox, in the transaction of the change. */
  readonly publish: PublishEvent;
}
