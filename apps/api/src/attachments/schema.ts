import { z } from 'zod';
import { plainText } from '../plain-text.ts';

/** The most that one attachment may have. */
export const maxSizeBytes = 5 * 1_048_576;

/** The query of `POST /attachments`. */
export const uploadQuery = z.object({ orderId: z.uuid().optional() });

/** The headers of `POST /attachments`, beside the type. */
export const uploadHeaders = z.object({
  'x-file-name': z
    .string()
    .transform((text, context) => {
      // Headers carry ASCII only, so that other letters come percent-encoded.
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

/** The parameters of a path that names an attachment. */
export const identity = z.object({ id: z.uuid() });
