import { z } from 'zod';
import { cut } from '../inbox/bounds.ts';

/** The notification channels beside the inbox's own webhook. */
export const channels = ['slack', 'pager', 'mail'] as const;

export type Channel = (typeof channels)[number];

const link = z.object({ title: z.string(), href: z.string() });

/** A message as a person would receive it; all text is plain, whatever the channel's markup. */
export const inboxMessage = z.object({
  id: z.string(),
  channel: z.enum(channels),
  receivedAt: z.iso.datetime(),
  status: z.enum(['firing', 'resolved']),
  /** The alert it is about, and its jobs, joined by commas; empty if the message does not name one. */
  alertname: z.string(),
  job: z.string(),
  title: z.string(),
  text: z.string(),
  links: z.array(link),
});

export type InboxMessage = z.output<typeof inboxMessage>;

/** A message before it is stored. */
export type ReceivedMessage = Omit<InboxMessage, 'id' | 'receivedAt'>;

// Slack's limit is 40,000 characters; nobody reads more than this at night.
const maxText = 8_000;
const maxTitle = 300;
const maxLinks = 10;

/** Truncates a message to the limits that keep the inbox small. */
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

/** Whether the message is about an alert of that job; without one, about an alert that has none. */
export function isAbout({ job: jobs }: Pick<InboxMessage, 'job'>, job: string): boolean {
  // Some channels write a dash without a job.
  return jobs === job || (jobs === '-' && job === '') || jobs.split(', ').includes(job);
}
