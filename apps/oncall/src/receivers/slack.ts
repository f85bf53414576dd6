import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { ReceivedMessage } from './message.ts';
import type { Receiver } from './receiver.ts';

// Slack's own limits are lower.
const maxBody = '512kb';

const text = z.string().default('');

const attachment = z.object({
  fallback: text,
  title: text,
  title_link: text,
  text,
  color: text,
  fields: z.array(z.object({ title: text, value: text })).default([]),
  actions: z.array(z.object({ text, url: text })).default([]),
});

/**
 * The payload of a Slack incoming webhook, as far as Alertmanager uses it.
 * Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
const payload = z.object({
  text,
  username: text,
  channel: text,
  attachments: z.array(attachment).max(100).default([]),
});

/** `POST /slack/webhook`: responds as Slack does, with `ok` or the name of the error. */
export function slackRoutes({ keep, refuse }: Receiver): Router {
  const router = Router();
  router.post('/webhook', readJson(refuse), async (request, response) => {
    const read = readSlack(request.body);
    if (typeof read === 'string') {
      refuse(read);
      response.status(400).type('text').send(read);
      return;
    }
    await keep(read);
    response.type('text').send('ok');
  });
  return router;
}

/** Slack's error for a body that is not JSON is `invalid_payload`. */
function readJson(refuse: Receiver['refuse']): RequestHandler {
  const parse = express.json({ limit: maxBody, type: 'application/json' });
  return (request, response, next) => {
    parse(request, response, (error?: unknown) => {
      if (error === undefined) return next();
      if ((error as { status?: number }).status === 413) return next(error);
      refuse('invalid_payload');
      response.status(400).type('text').send('invalid_payload');
    });
  };
}

/** The message, or Slack's name for its error. */
function readSlack(body: unknown): ReceivedMessage | string {
  const parsed = payload.safeParse(body);
  if (!parsed.success) return 'invalid_payload';
  const { attachments, text: plain } = parsed.data;
  const [first] = attachments;
  if (plain === '' && first === undefined) return 'no_text';
  const field = (name: string) =>
    plainText(first?.fields.find(({ title }) => title === name)?.value ?? '').text;
  const bodies = [plain, ...attachments.map((each) => each.text)].map(plainText);
  const title = plainText(first?.title || first?.fallback || '').text;
  return {
    channel: 'slack',
    status: /^\[RESOLVED\b/.test(title) || first?.color === 'good' ? 'resolved' : 'firing',
    alertname: field('Alert'),
    job: field('Service'),
    title,
    text: bodies
      .map((each) => each.text)
      .filter(Boolean)
      .join('\n'),
    links: [
      ...bodies.flatMap(({ links }) => links),
      ...attachments.flatMap(({ actions }) =>
        actions.map((action) => ({ title: action.text, href: action.url })),
      ),
    ],
  };
}

/**
 * Slack's mrkdwn as plain text, with its links apart.
 * Source: https://docs.slack.dev/messaging/formatting-message-text
 */
function plainText(mrkdwn: string) {
  const links: { title: string; href: string }[] = [];
  const withoutLinks = mrkdwn.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, target, title) => {
    const href = decodeEntities(target);
    const label = decodeEntities(title ?? target);
    // <!channel>, <@U1> and <#C1> notify people in Slack, so they stay visible.
    if (!/^[!@#]/.test(href)) links.push({ title: label, href });
    return /^[!@#]/.test(href) ? `<${href}>` : label;
  });
  return { text: decodeEntities(withoutLinks).trim(), links };
}

function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
