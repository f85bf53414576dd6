import type { PublishEvent } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import type { Ledger } from '../ledger/ledger.ts';
import { createCapture } from './capture.ts';
import { createCardProcessor } from './card-processor.ts';
import { createRefund } from './refund.ts';
import { createSerializable } from './serializable.ts';

export type Money = ReturnType<typeof createMoney>;

export function createMoney(dependencies: {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly ledger: Ledger;
  readonly publish: PublishEvent;
  readonly cardProcessorUrl: string;
}) {
  const { pool, telemetry, cardProcessorUrl } = dependencies;
  const processor = createCardProcessor({ url: cardProcessorUrl });
  const serializable = createSerializable(pool, telemetry);
  const parts = { ...dependencies, processor, serializable };
  return { capture: createCapture(parts), refund: createRefund(parts) };
}
