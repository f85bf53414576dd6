import { type Html, html } from '@watchkeeper/viewer';
import { backToInbox } from './alert-page.ts';
import { topBar } from './head.ts';
import type { InboxView } from './inbox-page.ts';
import { messageList } from './message-list.ts';
import { shell } from './shell.ts';

const maxShown = 200;

/** Every message of chat, pager and mail, whatever it was about. */
export function messagesPage({ addresses, messages }: InboxView): Html {
  return shell({
    title: 'Messages',
    isLive: true,
    body: html`${topBar(addresses, backToInbox)}
<main id="main" data-region>
  <h1>Messages</h1>
  <p class="lead">What chat, pager and mail got, the newest first.</p>
  ${
    messages.length === 0
      ? html`<p>Nothing yet. <code>npm run alert -- test</code> sends one.</p>`
      : messageList(messages.slice(0, maxShown))
  }
  ${
    messages.length > maxShown &&
    html`<p class="more">${messages.length - maxShown} more in
    <a href="/api/v1/messages">the list as JSON</a>.</p>`
  }
</main>`,
  });
}
