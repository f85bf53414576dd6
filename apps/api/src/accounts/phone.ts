import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';

/** A phone number as people write it; parsed to E.164, such as `+14155550132`. */
export const phone = z
  .string()
  .max(32)
  .transform((text, context) => {
    // Without extraction a number is taken only where there is nothing else in the text.
    const parsed = parsePhoneNumberFromString(text, { extract: false });
    if (parsed?.isValid()) return parsed.number as string;
    context.addIssue({
      code: 'custom',
      message: 'Expected a phone number with its country code, such as `+14155550132`.',
    });
    return z.NEVER;
  });
