import { type Html, html } from '@watchkeeper/viewer';

/** One page of the inbox. */
export interface Page {
  readonly title: string;
  /** Whether the page follows what happens: with scripts by events, else by asking again. */
  readonly isLive?: boolean;
  readonly body: Html;
}

// Where no script runs, the browser itself asks again.
const refreshSeconds = 10;

/** The whole document; nothing in it comes from another server and no script stands in it. */
export function shell({ title, isLive = false, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  ${isLive && html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`}
  <title>${title}</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/inbox.css">
  <link rel="stylesheet" href="/assets/runbook.css">
  <script src="/assets/inbox.js" defer></script>
</head>
<body${isLive && html` data-live`}>
<a class="skip" href="#main">Skip to the content</a>
${body}
<p id="announcer" class="unseen" role="status"></p>
</body>
</html>
`;
}
