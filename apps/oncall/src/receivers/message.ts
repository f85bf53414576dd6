import { z } from 'zod';

/** The ways, beside its own webhook, on which people would be told. */
export const channels = ['slack', 'pager', 'mail'] as const;

/** One of them. */
export type Channel = (typeof channels)[number];

const link = z.object({ title: z.string(), href: z.string() });

/** One message as a person would have got it; all text is plain, whatever the channel's markup. */
export const inboxMessage = z.object({
  id: z.string(),
  channel: z.enum(channels),
  receivedAt: z.iso.datetime(),
  status: z.enum(['firing', 'resolved']),
  /** Whose group it is about, as far as the message says. */
  alertname: z.string(),
  job: z.string(),
  title: z.string(),
  text: z.string(),
  links: z.array(link),
});

/** One message, kept. */
export type InboxMessage = z.output<typeof inboxMessage>;

/** One message as a receiver reads it, before it is kept. */
export type ReceivedMessage = Omit<InboxMessage, 'id' | 'receivedAt'>;

// Slack cuts at 40,000 characters; nobody reads more than this at night, and a thousand are kept.
const maxText = 8_000;
const maxTitle = 300;
const maxLinks = 10;

/** The message within the bounds that keep the inbox small. */
export function boundMessage(message: ReceivedMessage): ReceivedMessage {
  const { alertname, job, title, text, links } = message;
  return {
    ...message,
    alertname: cut(alertname, maxTitle),
    job: cut(job, maxTitle),
    title: cut(title, maxTitle),
    text: cut(text, maxText),
    links: links
      .filter(({ href }) => href !== '' && href.length <= 4_000)
      .slice(0, maxLinks)
      .map(({ title: name, href }) => ({ title: cut(name, maxTitle), href })),
  };
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
