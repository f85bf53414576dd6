import { type Html, html } from '@watchkeeper/viewer';
import { backToInbox, topBar } from './head.ts';
import { messageList } from './message-list.ts';
import { shell } from './shell.ts';
import type { InboxView } from './view.ts';

const maxShown = 200;

/** All messages by chat, pager and mail. */
export function messagesPage({ addresses, messages }: InboxView): Html {
  return shell({
    title: 'Messages',
    isLive: true,
    body: html`${topBar(addresses, backToInbox)}
<main id="main" data-region>
  <h1>Messages</h1>
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
  }
</main>`,
  });
}
