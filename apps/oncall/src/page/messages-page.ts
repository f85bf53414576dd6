import { type Html, html, safeHref } from '@watchkeeper/viewer';
import type { InboxMessage } from '../receivers/message.ts';
import { anchor } from './links.ts';
import { shell } from './shell.ts';
import { moment } from './time.ts';
import type { InboxView } from './view.ts';

const maxShown = 200;

/** All messages by chat, pager and mail. */
export function messagesPage({ addresses, messages }: InboxView): Html {
  return shell({
    title: 'Messages',
    isLive: true,
    addresses,
    main: html`data-region`,
    content: html`<h1>Messages</h1>
  <p class="lead">Sent by chat, pager and mail, newest first.</p>
  ${
    messages.length === 0
      ? html`<p>No messages. <code>npm run alert -- test</code> sends one.</p>`
      : messageList(messages.slice(0, maxShown))
  }
  ${
    messages.length > maxShown &&
    html`<p class="more">${messages.length - maxShown} more in
    <a href="/api/v1/messages">the API</a>.</p>`
  }`,
  });
}

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
    return href === undefined ? [] : [anchor(href, link.title)];
  });
  return safe.length > 0 && html`<nav class="links" aria-label="Links of ${title}">${safe}</nav>`;
}
