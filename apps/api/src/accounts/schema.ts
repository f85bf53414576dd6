import { z } from 'zod';
import { limit } from '../http/resource.ts';
import { plainText } from '../plain-text.ts';
import { isCommonPassword, isOwnNumber, minPasswordLength } from './common-passwords.ts';
import { phone } from './phone.ts';

/** Length and not being common are what counts. Source: NIST SP 800-63B-4, section 3.1.1.2. */
const newPassword = z
  .string()
  .min(minPasswordLength)
  .max(128)
  .refine((password) => !isCommonPassword(password), {
    message: 'Expected a password that is not in lists of breached ones. Choose another.',
  });
/** Any previously valid password. */
const triedPassword = z.string().min(1).max(128);

const device = {
  deviceId: z
    .string()
    .regex(/^[\w.:-]{1,128}$/, 'Expected 1 to 128 letters, digits, `_`, `.`, `:` or `-`.')
    .optional(),
  deviceName: plainText(100).optional(),
};

const registrationId = z.string().regex(/^[\w-]{43}$/, 'Expected the id of the registration.');

/** Everybody registers as a customer; an administrator grants the other roles. */
export const registration = z
  .object({
    phone,
    password: newPassword,
    displayName: plainText(80),
    role: z
      .literal('customer', 'Expected `customer`. An administrator grants other roles.')
      .optional(),
  })
  .refine(({ phone: number, password }) => !isOwnNumber(password, number), {
    path: ['password'],
    message: 'Expected a password other than the number. Choose another.',
  });

export const verification = z.object({
  phone,
  registrationId,
  code: z.string().regex(/^\d{6}$/, 'Expected six digits.'),
  ...device,
});

export const codeRequest = z.object({ phone, registrationId });

export const login = z.object({ phone, password: triedPassword, ...device });

export const refresh = z.object({ refreshToken: z.string().min(1).max(200) });

export const passwordChange = z.object({ currentPassword: triedPassword, newPassword });

export const loginsQuery = z.object({ limit });

export type Registration = z.output<typeof registration>;

export type PasswordChange = z.output<typeof passwordChange>;
