import { type Html, html, renderDocument, safeHref } from '@watchkeeper/viewer';
import { anchor, type PublicAddresses } from './links.ts';

interface InboxPage {
  readonly title: string;
  /** Whether the page updates itself: by events, without scripts by a refresh. */
  readonly isLive?: boolean;
  readonly addresses: PublicAddresses;
  /** In the top bar, in place of a link back to the inbox. */
  readonly heading?: Html;
  /** Attributes of the main element. */
  readonly main?: Html;
  readonly content: Html;
}

const refreshSeconds = 10;
const backToInbox = html`<p class="brand"><a href="/">← On-call inbox</a></p>`;

export function shell({ title, isLive = false, addresses, heading, main, content }: InboxPage) {
  return renderDocument({
    title,
    stylesheets: ['/assets/inbox.css'],
    head: html`${isLive && html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`}
  <script src="/assets/inbox.js" defer></script>`,
    attributes: isLive ? html`data-live` : undefined,
    body: html`${topBar(addresses, heading ?? backToInbox)}
<main id="main"${main && html` ${main}`}>
  ${content}
</main>
<p id="announcer" class="unseen" role="status"></p>`,
  });
}

/** The script shows the state of the event stream in it. */
function topBar({ alertmanagerUrl, prometheusUrl }: PublicAddresses, heading: Html): Html {
  const alertmanager = safeHref(alertmanagerUrl);
  const prometheus = safeHref(prometheusUrl);
  return html`<header class="top">
  ${heading}
  <nav class="tools" aria-label="Tools">
    <span id="live" class="live" hidden></span>
    <button id="pause" type="button" aria-pressed="false" hidden>Pause</button>
    <a href="/dashboards">Dashboards</a>
    <a href="/messages">Messages</a>
    <a href="/audit">Audit trail</a>
    ${alertmanager !== undefined && anchor(alertmanager, 'Alertmanager')}
    ${prometheus !== undefined && anchor(prometheus, 'Prometheus')}
  </nav>
</header>`;
}
