import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { phone } from './phone.ts';

/** A password as it is chosen. Length is what counts. Source: NIST SP 800-63B-4, section 3.1.1.2. */
const newPassword = z.string().min(10).max(128);
/** A password as it is tried: whatever was once allowed. */
const triedPassword = z.string().min(1).max(128);

const device = {
  deviceId: z
    .string()
    .regex(/^[\w.:-]{1,128}$/, 'Expected 1 to 128 letters, digits, `_`, `.`, `:` or `-`.')
    .optional(),
  deviceName: plainText(100).optional(),
};

/** The body of `POST /auth/register`. Nobody makes themselves an admin. */
export const registration = z.object({
  phone,
  password: newPassword,
  displayName: plainText(80),
  role: z.enum(['customer', 'courier', 'restaurant']).default('customer'),
});

/** The body of `POST /auth/verify`. */
export const verification = z.object({
  phone,
  code: z.string().regex(/^\d{6}$/, 'Expected six digits.'),
  ...device,
});

/** The body of `POST /auth/otp`. */
export const codeRequest = z.object({ phone });

/** The body of `POST /auth/login`. */
export const login = z.object({ phone, password: triedPassword, ...device });

/** The body of `POST /auth/refresh`. */
export const refresh = z.object({ refreshToken: z.string().min(1).max(200) });

/** The body of `PUT /auth/password`. */
export const passwordChange = z.object({
  currentPassword: triedPassword,
  newPassword,
});

/** The query of `GET /auth/logins`. */
export const loginsQuery = z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) });

/** The parameters of a path that names a session. */
export const identity = z.object({ id: z.uuid() });

/** Who wants to join. */
export type Registration = z.output<typeof registration>;
