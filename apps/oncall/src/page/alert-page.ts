import { type Html, html } from '@watchkeeper/viewer';
import type { AlertEntry } from '../inbox/entry.ts';
import { alertDetails, nameOf } from './alert-card.ts';
import { heartbeatLine, titleMark } from './head.ts';
import { messageList } from './messages-page.ts';
import { shell } from './shell.ts';
import type { InboxView } from './view.ts';

/** One alert with its messages, and its runbook beside it. */
export function alertPage(entry: AlertEntry, runbook: Html, view: InboxView): Html {
  const { addresses, heartbeat } = view;
  const messages = view.messagesOf(entry);
  const firing = view.alerts.filter(({ status }) => status === 'firing');
  return shell({
    title: `${titleMark(firing, heartbeat)}${nameOf(entry)}`,
    isLive: true,
    addresses,
    main: html`class="beside"`,
    content: html`<div class="side" id="alert" data-region>
    ${heartbeat.status === 'late' && heartbeatLine(heartbeat)}
    ${alertDetails(entry, view)}
    ${
      messages.length > 0 &&
      html`<section aria-labelledby="messages">
      <h2 id="messages">Messages <span class="count">${messages.length}</span></h2>
      ${messageList(messages)}
    </section>`
    }
  </div>
  ${runbook}`,
  });
}
