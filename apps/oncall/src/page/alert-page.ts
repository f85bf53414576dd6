import { type Html, html } from '@watchkeeper/viewer';
import type { AlertEntry } from '../inbox/entry.ts';
import { alertDetails, nameOf } from './alert-card.ts';
import { heartbeatLine, topBar } from './head.ts';
import { type InboxView, titleMark } from './inbox-page.ts';
import { messageList } from './message-list.ts';
import { shell } from './shell.ts';
import { tieMessages } from './told.ts';

/** Back to the list, in the place of the page's heading. */
export const backToInbox = html`<p class="brand"><a href="/">← On-call inbox</a></p>`;

/** One alert with what people were told of it, and a runbook beside it. */
export function alertPage(entry: AlertEntry, runbook: Html, view: InboxView): Html {
  const { addresses, alerts, heartbeat, now } = view;
  const messagesOf = tieMessages(alerts, view.messages);
  const messages = messagesOf(entry);
  const firing = alerts.filter(({ status }) => status === 'firing');
  return shell({
    title: `${titleMark(firing, heartbeat)}${nameOf(entry)}`,
    isLive: true,
    body: html`${topBar(addresses, backToInbox)}
<main id="main" class="beside">
  <div class="side" id="alert" data-region>
    ${heartbeat.status === 'late' && heartbeatLine(heartbeat)}
    ${alertDetails(entry, { addresses, messagesOf, now })}
    ${
      messages.length > 0 &&
      html`<section aria-labelledby="messages">
      <h2 id="messages">Messages <span class="count">${messages.length}</span></h2>
      ${messageList(messages)}
    </section>`
    }
  </div>
  ${runbook}
</main>`,
  });
}
