import { type Html, html, safeHref } from '@watchkeeper/viewer';
import type { InboxMessage } from '../receivers/message.ts';
import { moment } from './time.ts';

export function messageList(messages: readonly InboxMessage[]): Html {
  return html`<ul class="messages">${messages.map(
    (message) => html`<li><details id="message-${message.id}">
    <summary><span class="channel ${message.channel}">${message.channel}</span>
      <span class="title">${message.title}</span> ${moment(message.receivedAt)}</summary>
    <p class="text">${message.text}</p>
    ${messageLinks(message)}
  </details></li>`,
  )}</ul>`;
}

function messageLinks({ links, title }: InboxMessage): Html | false {
  const safe = links.flatMap((link) => {
    const href = safeHref(link.href);
    return href === undefined ? [] : [{ title: link.title, href }];
  });
  if (safe.length === 0) return false;
  return html`<nav class="links" aria-label="Links of ${title}">${safe.map(
    (link) =>
      html`<a href="${link.href}" target="_blank" rel="noopener noreferrer">${link.title}</a>`,
  )}</nav>`;
}
