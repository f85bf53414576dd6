import type { PublishEvent } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import type { Ledger } from './ledger/ledger.ts';

/** Shared by the modules of the api. */
export interface Context {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  /** Writes an event to the outbox, in the transaction of the change. */
  readonly publish: PublishEvent;
  readonly ledger: Ledger;
}

/** Shared by the routes of the modules. */
export interface RouteContext extends Context {
  /** Injects the faults of requests. */
  readonly gate: RequestHandler;
  /** Rejects with 401 without a live session, then injects faults as `gate`. */
  readonly signedIn: readonly RequestHandler[];
}
