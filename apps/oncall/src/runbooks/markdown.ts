import { type Html, html, safeHref } from '@watchkeeper/viewer';
import type { Token, Tokens } from 'marked';

/** What the text can't know of itself. */
export interface MarkdownOptions {
  /** Of the highest heading on the page around it. */
  readonly level: 1 | 2;
  /** Shows a block of code; undefined for the usual way. */
  readonly code: (token: Tokens.Code) => Html | undefined;
  /** Where a link of the text leads here; undefined when nowhere. */
  readonly resolve: (href: string) => string | undefined;
}

/**
 * Markdown's tokens as markup that our own template makes, so that all text is escaped and no HTML
 * of the source passes.
 */
export function renderMarkdown(tokens: readonly Token[], options: MarkdownOptions): Html {
  return html`${tokens.map((token) => render(token, options))}`;
}

type Renderer = (token: Token, inner: () => Html, options: MarkdownOptions) => Html;

const renderers: Readonly<Record<string, Renderer>> = {
  space: () => html``,
  hr: () => html`<hr>`,
  br: () => html`<br>`,
  // Comments for those who edit the source; anything else is shown as it stands there.
  html: ({ raw }) => (/^\s*<!--.*-->\s*$/s.test(raw) ? html`` : html`${raw}`),
  heading: (token, inner, { level }) => heading(token as Tokens.Heading, level, inner()),
  paragraph: (_, inner) => html`<p>${inner()}</p>
`,
  blockquote: (_, inner) => html`<blockquote>${inner()}</blockquote>
`,
  strong: (_, inner) => html`<strong>${inner()}</strong>`,
  em: (_, inner) => html`<em>${inner()}</em>`,
  del: (_, inner) => html`<del>${inner()}</del>`,
  codespan: (token) => html`<code>${(token as Tokens.Codespan).text}</code>`,
  code: (token, _, { code }) =>
    code(token as Tokens.Code) ??
    html`<pre tabindex="0"><code>${(token as Tokens.Code).text}</code></pre>
`,
  link: (token, inner, options) => link(token as Tokens.Link, inner(), options),
  // No picture is fetched from anywhere; its text says what it shows.
  image: (token) => html`${(token as Tokens.Image).text}`,
  list: (token, _, options) => list(token as Tokens.List, options),
  table: (token, _, options) => table(token as Tokens.Table, options),
};

function render(token: Token, options: MarkdownOptions): Html {
  const children = 'tokens' in token ? token.tokens : undefined;
  const inner = () =>
    children === undefined
      ? html`${decode('text' in token ? String(token.text) : token.raw)}`
      : renderMarkdown(children, options);
  return renderers[token.type]?.(token, inner, options) ?? inner();
}

function heading({ depth, text }: Tokens.Heading, level: 1 | 2, inner: Html): Html {
  const id = `runbook-${text.toLowerCase().replace(/[^\w]+/g, '-')}`;
  switch (depth + level - 1) {
    case 1:
      return html`<h1 id="${id}">${inner}</h1>\n`;
    case 2:
      return html`<h2 id="${id}">${inner}</h2>\n`;
    case 3:
      return html`<h3 id="${id}">${inner}</h3>\n`;
    default:
      return html`<h4 id="${id}">${inner}</h4>\n`;
  }
}

function link({ href }: Tokens.Link, inner: Html, { resolve }: MarkdownOptions): Html {
  const target = safeHref(resolve(href));
  if (target === undefined) return inner;
  if (/^[#/]/.test(target)) return html`<a href="${target}">${inner}</a>`;
  return html`<a href="${target}" target="_blank" rel="noopener noreferrer">${inner}</a>`;
}

function list({ ordered, start, items }: Tokens.List, options: MarkdownOptions): Html {
  const entries = items.map(
    (item) => html`<li>${renderMarkdown(item.tokens, options)}</li>
`,
  );
  if (!ordered)
    return html`<ul>${entries}</ul>
`;
  return html`<ol start="${Number(start) || 1}">${entries}</ol>
`;
}

function table({ header, rows }: Tokens.Table, options: MarkdownOptions): Html {
  const cells = (row: readonly Tokens.TableCell[]) =>
    row.map(({ tokens, header: isHead }) =>
      isHead
        ? html`<th scope="col">${renderMarkdown(tokens, options)}</th>`
        : html`<td>${renderMarkdown(tokens, options)}</td>`,
    );
  return html`<div class="scroll" tabindex="0"><table><thead><tr>${cells(header)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody></table></div>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/** What the author wrote as an entity is its character; the template escapes it again. */
function decode(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
}
