import { type Html, html, safeHref, trustMarkup } from '@watchkeeper/viewer';
import { Marked, Renderer, type Token, type Tokens } from 'marked';
import { anchor } from '../page/links.ts';

export interface MarkdownOptions {
  /** Of the highest heading around the text. */
  readonly level: 1 | 2;
  readonly code: (token: Tokens.Code) => Html;
  /** The address of a link on this page; undefined if it has none. */
  readonly resolve: (href: string) => string | undefined;
}

/** Renders Markdown with marked; it escapes all text, and no HTML of the source passes. */
export function renderMarkdown(tokens: readonly Token[], options: MarkdownOptions): Html {
  const marked = new Marked({
    renderer: {
      // Comments are for the authors; anything else is shown as text.
      html: ({ raw }) => (/^\s*<!--.*-->\s*$/s.test(raw) ? '' : `${html`${raw}`}`),
      code: (token) => `${options.code(token)}`,
      // No image is loaded; its text replaces it.
      image: ({ text }) => `${html`${text}`}`,
      heading({ depth, text, tokens: inner }) {
        const tag = `h${Math.min(depth + options.level - 1, 4)}`;
        const id = `runbook-${text.toLowerCase().replace(/[^\w]+/g, '-')}`;
        return `<${tag} id="${id}">${this.parser.parseInline(inner)}</${tag}>\n`;
      },
      link({ href, tokens: inner }) {
        const target = safeHref(options.resolve(href));
        const text = trustMarkup(this.parser.parseInline(inner));
        return `${target === undefined ? text : anchor(target, text)}`;
      },
      table(token) {
        const table = Renderer.prototype.table.call(this, token);
        return `<div class="scroll" tabindex="0">${table}</div>\n`;
      },
    },
  });
  return trustMarkup(marked.parser([...tokens]));
}
