import type { PublishEvent } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';

/** Shared by the modules of the api. */
export interface Context {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  /** Writes an event to the outbox, in the transaction of the change. */
  readonly publish: PublishEvent;
}
