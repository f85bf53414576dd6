import { type Html, html, safeHref } from './html.ts';

/** What the page of a dashboard must know beside its model. */
export interface Surroundings {
  readonly jaegerUrl: string | undefined;
  readonly hasPrometheus: boolean;
  readonly hasLoki: boolean;
}

interface Summary {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
}

function document(title: string, body: Html, script?: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Watchkeeper</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/inbox.css">
  <link rel="stylesheet" href="/dashboards/assets/uplot.css">
  <link rel="stylesheet" href="/dashboards/assets/dashboards.css">
  ${script}
</head>
<body class="viewer">
<a class="skip" href="#main">Skip to the content</a>
${body}
</body>
</html>
`;
}

/** All dashboards, with what each is for. */
export function indexPage(dashboards: readonly Summary[]): Html {
  const body = html`<header class="top">
  <div><p class="brand"><a href="/">On-call inbox</a></p><h1>Dashboards</h1></div>
</header>
<main id="main">
  ${
    dashboards.length === 0
      ? html`<p>No dashboards are here: <code>DASHBOARDS_FOLDER</code> names no folder with any.</p>`
      : html`<ul class="index">${dashboards.map(
          ({ uid, title, description }) => html`<li><a href="/dashboards/${uid}">${title}</a>
      <p>${firstSentence(description)}</p></li>`,
        )}</ul>`
  }
</main>`;
  return document('Dashboards', body);
}

/** One dashboard; the script reads its model and fills the page. */
export function dashboardPage(
  { uid, title, description }: Summary,
  all: readonly Summary[],
  { jaegerUrl, hasPrometheus, hasLoki }: Surroundings,
): Html {
  const sources = [hasPrometheus && 'prometheus', hasLoki && 'loki'].filter(Boolean).join(' ');
  const body = html`<header class="top">
  <div><p class="brand"><a href="/">On-call inbox</a> · <a href="/dashboards">Dashboards</a></p>
  <h1>${title}</h1><p class="purpose">${firstSentence(description)}</p></div>
  <form id="controls" class="controls" aria-label="What is shown"></form>
</header>
<nav class="others" aria-label="Dashboards"><ul>${all.map(
    (other) =>
      html`<li><a href="/dashboards/${other.uid}" data-dashboard${
        other.uid === uid && html` aria-current="page"`
      }>${other.title}</a></li>`,
  )}</ul></nav>
<main id="main">
  <noscript><p>The pictures are drawn by a script, which this browser does not run.</p></noscript>
  <p id="problem" class="problem" role="alert" hidden></p>
  <div id="panels" class="panels" data-model="/dashboards/${uid}/model" data-sources="${sources}"
    data-jaeger="${safeHref(jaegerUrl) ?? ''}"></div>
  <p id="status" class="as-of" role="status"></p>
</main>`;
  const script = html`<script type="module" src="/dashboards/assets/client/main.ts"></script>`;
  return document(title, body, script);
}

/** The first sentence says what it is for, the next which rules a copier must bring along. */
function firstSentence(description = ''): string {
  return description.split(/(?<=\.) /)[0] ?? '';
}
