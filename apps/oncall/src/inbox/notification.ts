import { z } from 'zod';
import { boundAddress, boundAlert } from './bounds.ts';

function expected(what: string) {
  return {
    error: ({ input }: { input?: unknown }) =>
      input === undefined
        ? `Expected ${what}, got none.`
        : `Expected ${what}, got \`${shorten(JSON.stringify(input))}\`.`,
  };
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

// As many as the inbox keeps; a group has those of one name and system.
const maxAlerts = 1_000;
const maxKeyLength = 2_000;

const text = z.string(expected('a string'));
const pairs = z.record(z.string(), text, expected('an object of strings'));
const when = z.iso
  .datetime({ offset: true, ...expected('a time such as `2026-01-31T03:00:00Z`') })
  .transform((value) => new Date(value).toISOString());

const notifiedAlert = z.object(
  {
    status: z.enum(['firing', 'resolved'], expected('`firing` or `resolved`')),
    labels: pairs,
    annotations: pairs.default({}),
    startsAt: when,
    endsAt: when.optional(),
    generatorURL: text.default(''),
    fingerprint: text.regex(/^[\w-]{1,64}$/, expected('1 to 64 letters, digits, `_` or `-`')),
  },
  expected('an object'),
);

/**
 * The payload of Alertmanager's webhook, version 4. Unknown fields are ignored, so that a newer
 * Alertmanager still works.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const webhookNotification = z.object(
  {
    version: z.literal('4', expected('`"4"`')),
    groupKey: text.transform((key) => key.slice(0, maxKeyLength)),
    receiver: text.transform((name) => name.slice(0, maxKeyLength)),
    externalURL: text.default('').transform(boundAddress),
    truncatedAlerts: z.number(expected('a number')).default(0),
    alerts: z
      .array(notifiedAlert.transform(boundAlert), expected('a list of alerts'))
      .max(maxAlerts, `Expected at most ${maxAlerts} alerts. Group them by more labels.`),
  },
  expected('an object'),
);

/** Alerts of one group for one receiver. */
export type WebhookNotification = z.output<typeof webhookNotification>;

export type NotifiedAlert = z.output<typeof notifiedAlert>;
