import { randomUUID } from 'node:crypto';
import express, { Router } from 'express';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { ReceivedMessage } from './message.ts';
import type { Receiver } from './receiver.ts';
import type { SenderCheck } from './sender.ts';

// Source: https://developer.pagerduty.com/docs/events-api-v2-overview, "512 KB".
const maxBody = '512kb';
// More than anybody has open; the oldest is forgotten first.
const maxIncidents = 1_000;
const actions = ['trigger', 'acknowledge', 'resolve'] as const;
const severities = ['critical', 'error', 'warning', 'info'] as const;

type Incident = Pick<ReceivedMessage, 'alertname' | 'job' | 'title'>;

const text = z.string().default('');

/**
 * An event as PagerDuty accepts it.
 * Source: https://developer.pagerduty.com/docs/send-alert-event
 */
const event = z
  .object({
    routing_key: z.string().min(1, "'routing_key' is missing or blank"),
    event_action: z.enum(actions, {
      error: "'event_action' must be trigger, acknowledge or resolve",
    }),
    dedup_key: z.string().max(255, "'dedup_key' is longer than 255 characters").optional(),
    payload: z
      .object({
        summary: z
          .string("'payload.summary' is missing or blank")
          .min(1, "'payload.summary' is missing or blank")
          .max(1_024, "'payload.summary' is longer than 1024 characters"),
        source: z
          .string("'payload.source' is missing or blank")
          .min(1, "'payload.source' is missing or blank"),
        severity: z.enum(severities, {
          error: "'payload.severity' must be critical, error, warning or info",
        }),
        class: text,
        group: text,
        component: text,
        custom_details: z.record(z.string(), z.unknown()).default({}),
      })
      .optional(),
    client: text,
    client_url: text,
    links: z.array(z.object({ href: z.string(), text })).default([]),
  })
  .refine(({ event_action: action, payload }) => action !== 'trigger' || payload !== undefined, {
    message: "'payload' is missing",
  })
  .refine(
    ({ event_action: action, dedup_key: key }) => action === 'trigger' || (key ?? '') !== '',
    { message: "'dedup_key' is missing" },
  );

/**
 * `POST /pagerduty/v2/enqueue`: responds with 202 as PagerDuty does, or 400 with the errors, of which a
 * foreign routing key is one.
 */
export function pagerdutyRoutes(
  { keep, refuse }: Receiver,
  { isToken }: Pick<SenderCheck, 'isToken'>,
): Router {
  // A resolve event may only have the key of its incident.
  const incidents = new LRUCache<string, Incident>({ max: maxIncidents });
  const router = Router();
  router.post('/v2/enqueue', express.json({ limit: maxBody }), async (request, response) => {
    const parsed = event.safeParse(request.body ?? {});
    if (!parsed.success || !isToken(parsed.data.routing_key)) {
      const issues = parsed.error?.issues ?? [{ message: "'routing_key' is invalid" }];
      const errors = issues.slice(0, 20).map(({ message }) => message);
      refuse(errors.join('; '));
      const message = 'Event object is invalid';
      response.status(400).json({ status: 'invalid event', message, errors });
      return;
    }
    const key = parsed.data.dedup_key ?? randomUUID();
    const message = readEvent(parsed.data, incidents.get(key));
    await keep(message);
    incidents.set(key, message);
    response.status(202).json({ status: 'success', message: 'Event processed', dedup_key: key });
  });
  return router;
}

function readEvent(
  { event_action: action, payload, links }: z.output<typeof event>,
  earlier: Incident | undefined,
): ReceivedMessage {
  const details = Object.entries(payload?.custom_details ?? {})
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value?.trimEnd()}`);
  return {
    channel: 'pager',
    status: action === 'resolve' ? 'resolved' : 'firing',
    alertname: payload?.class || earlier?.alertname || '',
    job: payload?.group || earlier?.job || '',
    title: payload?.summary || earlier?.title || action,
    text: [`severity: ${payload?.severity ?? action}`, ...details].join('\n'),
    links: links.map((link) => ({ title: link.text, href: link.href })),
  };
}
