import { type Html, html, renderDocument } from '@watchkeeper/viewer';

interface InboxPage {
  readonly title: string;
  /** Whether the page updates itself: by events, without scripts by a refresh. */
  readonly isLive?: boolean;
  readonly body: Html;
}

const refreshSeconds = 10;

/** Renders a page of the inbox. */
export function shell({ title, isLive = false, body }: InboxPage): Html {
  return renderDocument({
    title,
    stylesheets: ['/assets/inbox.css'],
    head: html`${isLive && html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`}
  <script src="/assets/inbox.js" defer></script>`,
    attributes: isLive ? html`data-live` : undefined,
    body: html`${body}
<p id="announcer" class="unseen" role="status"></p>`,
  });
}
