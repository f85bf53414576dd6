import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { paymentMethods } from './catalogue.ts';

export const newPayment = z.object({ method: z.enum(paymentMethods) });

// The maximum of an integer column.
const maxCents = 2_147_483_647;

export const newRefund = z
  .object({ amountCents: z.number().int().min(1).max(maxCents), reason: plainText(200) })
  .readonly();

export type NewRefund = z.output<typeof newRefund>;
