import { type Html, html } from '@watchkeeper/viewer';
import { marked, type Tokens } from 'marked';
import type { Runbook } from './document.ts';
import { renderMarkdown } from './markdown.ts';
import type { QueryRunner } from './query.ts';
import { fillVariables, shellVariables } from './variables.ts';

export interface PanelOptions {
  /** The labels of the alert beside it; undefined if it is shown alone. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** The address of a runbook in this place; its queries are below it. */
  readonly addressOf: (name: string) => string;
  readonly runner: Pick<QueryRunner, 'unavailability'>;
  /** Of its title: 1 as the page's own heading, 2 beside an alert. */
  readonly level: 1 | 2;
}

/** A runbook with the alert's labels filled in and runnable queries. */
export function runbookPanel(runbook: Runbook, options: PanelOptions): Html {
  const content = renderMarkdown(runbook.tokens, {
    level: options.level,
    code: (token) => codeBlock(token, runbook, options),
    resolve: (href) => resolveLink(href, options.addressOf),
  });
  return html`<section id="runbook" class="runbook" aria-label="Runbook ${runbook.name}">
  ${options.labels !== undefined && shellSetup(runbook, options.labels)}
  ${content}
</section>`;
}

/** Links to other runbooks stay here; those to files of the repository have no address. */
function resolveLink(href: string, addressOf: (name: string) => string): string | undefined {
  const [, name, anchor] = /^([A-Za-z]\w*)\.md(?:#(.*))?$/.exec(href) ?? [];
  if (name !== undefined) return `${addressOf(name)}${anchor ? `#runbook-${anchor}` : ''}`;
  if (href.startsWith('#')) return `#runbook-${href.slice(1)}`;
  return /^https?:/.test(href) ? href : undefined;
}

function codeBlock(
  token: Tokens.Code,
  { name, queryOf }: Runbook,
  { labels, addressOf, runner }: PanelOptions,
): Html {
  const { lang = '', text } = token;
  const query = queryOf.get(token);
  if (query === undefined) return block(lang, text, undefined);
  const filled = fillVariables(query.code, labels ?? {});
  const problem =
    runner.unavailability(query.type) ??
    ('problem' in filled
      ? // Alone, a runbook has no labels, which is no mistake.
        (labels && filled.problem) || 'Open it from an alert: this query needs its labels.'
      : undefined);
  const code = 'code' in filled ? filled.code : query.code;
  const run =
    problem === undefined
      ? html`<a class="run" role="button" href="${addressOf(name)}/queries/${query.index}"
        data-result="result-${query.index}">Run</a>`
      : html`<span class="problem">${problem}</span>`;
  return html`${block(lang, code, run)}
<div id="result-${query.index}" class="result" role="region" aria-live="polite"
  aria-label="Result of query ${query.index}"></div>
`;
}

function block(info: string, code: string, run: Html | undefined): Html {
  const [type] = info.split(/\s/);
  const expectation = /\bexpect=(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(info);
  const expected = expectation?.[1] ?? expectation?.[2] ?? expectation?.[3];
  const place = /\bon=(\w+)/.exec(info)?.[1];
  return html`<div class="block">
  <p class="block-head"><span class="type">${type || 'text'}</span>
    ${place !== undefined && html`<span>only ${place}</span>`}
    ${expected !== undefined && html`<span>expect <code>${expected}</code></span>`}
    ${run}</p>
  <pre tabindex="0"><code>${code}</code></pre>
</div>
`;
}

// Text without line breaks: it will be pasted.
const isPrintable = /^[^\p{Cc}\p{Cf}]*$/u;

/** The command that exports the labels that the runbook's commands use to a shell, quoted. */
function shellSetup({ tokens }: Runbook, labels: Readonly<Record<string, string>>): Html {
  const blocks: string[] = [];
  marked.walkTokens([...tokens], (token) => {
    if (token.type === 'code' && /^bash\b/.test(token.lang ?? '')) blocks.push(token.text);
  });
  const exports = Object.entries(shellVariables(blocks.join('\n'), labels))
    .filter(([, value]) => isPrintable.test(value))
    .map(([name, value]) => `${name}=${quoteForShell(value)}`);
  const line = exports.length === 0 ? '' : `; export ${exports.join(' ')}`;
  return html`<div class="setup"><p>In a shell, for this alert:</p>
  <pre tabindex="0"><code>. runbooks/on-call.sh${line}</code></pre></div>`;
}

function quoteForShell(value: string): string {
  return /^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
