import { z } from 'zod';
import { plainText } from '../plain-text.ts';

const timeZones = new Set(Intl.supportedValuesOf('timeZone'));

/** The body of `PATCH /users/me`: what is absent stays, what is null goes. */
export const profileChange = z
  .strictObject({
    displayName: plainText(80),
    bio: plainText(500).nullable(),
    avatarUrl: z
      .url({ protocol: /^https$/ })
      .max(500)
      .nullable(),
    timeZone: z
      .string()
      .refine((zone) => timeZones.has(zone), 'Expected a zone such as `Europe/Lisbon`.')
      .nullable(),
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'Expected something to change.');

/** The body of `PUT /users/me/privacy`. */
export const privacy = z.strictObject({
  phoneVisible: z.boolean(),
  profileVisible: z.boolean(),
  lastSeenVisible: z.boolean(),
});

/** The parameters of a path that names a user. */
export const identity = z.object({ id: z.uuid() });

/** What a user changes of their profile. */
export type ProfileChange = z.output<typeof profileChange>;

/** Who may see what. */
export type Privacy = z.output<typeof privacy>;
