import type { PublishEvent } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import type { Ledger } from '../ledger/ledger.ts';
import { type CapturePayment, createCapture } from './capture.ts';
import type { CardProcessor } from './card-processor.ts';
import { createRefund, type RefundPayment } from './refund.ts';
import { createSerializable } from './serializable.ts';

export interface Money {
  readonly capture: CapturePayment;
  readonly refund: RefundPayment;
}

export function createMoney(dependencies: {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly ledger: Ledger;
  readonly publish: PublishEvent;
  readonly processor: CardProcessor;
}): Money {
  const { pool, telemetry } = dependencies;
  const parts = { ...dependencies, serializable: createSerializable(pool, telemetry) };
  return { capture: createCapture(parts), refund: createRefund(parts) };
}
