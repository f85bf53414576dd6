import { renderDocument } from './document.ts';
import { type Html, html, safeHref } from './html.ts';
import type { Dashboard } from './model/dashboard.ts';
import type { QueryAddresses } from './query-client.ts';

/** Addresses of the services beside the viewer; undefined if not configured. */
export interface Services extends QueryAddresses {
  readonly jaegerUrl: string | undefined;
}

type Summary = Pick<Dashboard, 'uid' | 'title' | 'description'>;

const stylesheets = [
  '/assets/inbox.css',
  '/dashboards/assets/uplot.css',
  '/dashboards/assets/dashboards.css',
];

function renderPage(title: string, body: Html, head?: Html): Html {
  const attributes = html`class="viewer"`;
  return renderDocument({ title: `${title} · Watchkeeper`, stylesheets, head, attributes, body });
}

/** All dashboards with the purpose of each. */
export function indexPage(dashboards: readonly Summary[]): Html {
  const body = html`<header class="top">
  <div><p class="brand"><a href="/">On-call inbox</a></p><h1>Dashboards</h1></div>
</header>
<main id="main">
  ${
    dashboards.length === 0
      ? html`<p>No dashboards. Set <code>DASHBOARDS_FOLDER</code> to a folder that has some.</p>`
      : html`<ul class="index">${dashboards.map(
          ({ uid, title, description }) => html`<li><a href="/dashboards/${uid}">${title}</a>
      <p>${firstSentence(description)}</p></li>`,
        )}</ul>`
  }
</main>`;
  return renderPage('Dashboards', body);
}

/** One dashboard; the script draws its panels. */
export function dashboardPage(
  { uid, title, description }: Summary,
  all: readonly Summary[],
  { jaegerUrl, prometheusQueryUrl, lokiQueryUrl }: Services,
): Html {
  const sources = [prometheusQueryUrl && 'prometheus', lokiQueryUrl && 'loki']
    .filter(Boolean)
    .join(' ');
  const body = html`<header class="top">
  <div><p class="brand"><a href="/">On-call inbox</a> · <a href="/dashboards">Dashboards</a></p>
  <h1>${title}</h1><p class="purpose">${firstSentence(description)}</p></div>
  <form id="controls" class="controls" aria-label="Time range and variables"></form>
</header>
<nav class="others" aria-label="Dashboards"><ul>${all.map(
    (other) =>
      html`<li><a href="/dashboards/${other.uid}" data-dashboard${
        other.uid === uid && html` aria-current="page"`
      }>${other.title}</a></li>`,
  )}</ul></nav>
<main id="main">
  <noscript><p>The panels need JavaScript, which this browser does not run.</p></noscript>
  <p id="problem" class="problem" role="alert" hidden></p>
  <div id="panels" class="panels" data-model="/dashboards/${uid}/model" data-sources="${sources}"
    data-jaeger="${safeHref(jaegerUrl) ?? ''}"></div>
  <p id="status" class="as-of" role="status"></p>
</main>`;
  const script = html`<script type="module" src="/dashboards/assets/client/main.ts"></script>`;
  return renderPage(title, body, script);
}

/** The first sentence is the purpose; the next lists the rules that the dashboard needs. */
function firstSentence(description = ''): string {
  return description.split(/(?<=\.) /)[0] ?? '';
}
