import { z } from 'zod';
import { plainText } from '../plain-text.ts';

const timeZones = new Set(Intl.supportedValuesOf('timeZone'));

/** Absent fields stay unchanged, null removes. */
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

export const privacy = z.strictObject({
  phoneVisible: z.boolean(),
  profileVisible: z.boolean(),
  lastSeenVisible: z.boolean(),
});

export type ProfileChange = z.output<typeof profileChange>;

export type Privacy = z.output<typeof privacy>;
