import type { Response } from 'express';
import { type Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  readonly stylesheets: readonly string[];
  /** More elements of its head. */
  readonly head?: Html | undefined;
  readonly attributes?: Html | undefined;
  readonly body: Html;
}

/** Renders a whole document; it loads nothing from other servers and has no inline script. */
export function renderDocument({ title, stylesheets, head, attributes, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  ${stylesheets.map((href) => html`<link rel="stylesheet" href="${href}">`)}
  ${head}
</head>
<body${attributes && html` ${attributes}`}>
<a class="skip" href="#main">Skip to the content</a>
${body}
</body>
</html>
`;
}

/** Sends a page that is never cached. */
export function sendPage(response: Response, page: Html): void {
  response.set('cache-control', 'no-store').type('html').send(String(page));
}
