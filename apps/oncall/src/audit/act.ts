import { z } from 'zod';

export const act = z.object({
  /** An act that is known by it is recorded once. */
  id: z.string(),
  kind: z.enum(['silence_created', 'silence_expired', 'alert_acknowledged']),
  at: z.iso.datetime(),
  /** As its author gave it: the page has no accounts. */
  by: z.string(),
  /** Of an alert its key, of a silence its id. */
  reference: z.string(),
  /** An alert's name, or a silence's matchers. */
  subject: z.string(),
  comment: z.string(),
});

/** Who did what, for the audit trail. */
export type Act = z.output<typeof act>;

/** How the trail names each kind. */
export const actTitles: Readonly<Record<Act['kind'], string>> = {
  silence_created: 'created a silence',
  silence_expired: 'expired a silence',
  alert_acknowledged: 'acknowledged an alert',
};
