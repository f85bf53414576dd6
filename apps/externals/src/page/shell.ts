import { type Html, html } from './html.ts';

/** One page of the inbox. */
export interface Page {
  readonly title: string;
  /** Seconds after which the browser asks again; absent means never. */
  readonly refreshSeconds?: number | undefined;
  readonly body: Html;
}

/** The whole document; nothing in it comes from another server and nothing in it runs. */
export function shell({ title, refreshSeconds, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  ${refreshSeconds !== undefined && html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
  <title>${title}</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/inbox.css">
</head>
<body>
${body}
</body>
</html>
`;
}
