import { z } from 'zod';
import { plainText } from '../plain-text.ts';

export const maxSizeBytes = 5 * 1_048_576;

export const uploadQuery = z.object({ orderId: z.uuid().optional() });

export const uploadHeaders = z.object({
  'x-file-name': z
    .string()
    .transform((text, context) => {
      // Headers are ASCII, so other letters are percent-encoded.
      try {
        return decodeURIComponent(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'Expected percent-encoded UTF-8.' });
        return z.NEVER;
      }
    })
    .pipe(plainText(200).refine((name) => !/[/\\]/.test(name), 'Expected a name without a path.'))
    .default('attachment'),
});
