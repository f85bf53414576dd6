import { z } from 'zod';

// Control characters have no place in a name or a line of text, and PostgreSQL refuses NUL. Bidi
// overrides make a text read as something that it is not.
const forbidden = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** One line of user text, trimmed, of 1 to `max` characters. */
export function plainText(max: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !forbidden.test(text), { message: 'Expected no control characters.' });
}
