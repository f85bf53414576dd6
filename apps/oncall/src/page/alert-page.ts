import { type Html, html } from '@watchkeeper/viewer';
import type { AlertEntry } from '../inbox/entry.ts';
import { alertDetails, nameOf } from './alert-card.ts';
import { backToInbox, heartbeatLine, titleMark, topBar } from './head.ts';
import { messageList } from './messages-page.ts';
import { groupMessages } from './notified.ts';
import { shell } from './shell.ts';
import type { InboxView } from './view.ts';

/** One alert with its messages, and its runbook beside it. */
export function alertPage(entry: AlertEntry, runbook: Html, view: InboxView): Html {
  const { addresses, alerts, heartbeat, now } = view;
  const messagesOf = groupMessages(alerts, view.messages);
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
