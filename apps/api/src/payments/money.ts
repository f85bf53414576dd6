import type { Context } from '../context.ts';
import { createCapture } from './capture.ts';
import { createCardProcessor } from './card-processor.ts';
import { createRefund } from './refund.ts';
import { createSerializable } from './serializable.ts';

export type Money = ReturnType<typeof createMoney>;

type MoneyOptions = Context & { readonly cardProcessorUrl: string };

export function createMoney({ cardProcessorUrl, ...context }: MoneyOptions) {
  const processor = createCardProcessor({ url: cardProcessorUrl });
  const serializable = createSerializable(context.pool, context.telemetry);
  const parts = { ...context, processor, serializable };
  return { capture: createCapture(parts), refund: createRefund(parts) };
}
