// Markup lives in this map's keys alone, so that no object from outside can pass for it.
const markups = new WeakMap<Html, string>();

/** Text that is safe to send as HTML; only `html` makes it. */
export interface Html {
  toString(): string;
}

/** What a template may hold: text is escaped, lists are joined, `undefined` and `false` vanish. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes markup from a template; every value is escaped unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const markup = parts.reduce((text, part, index) => text + render(values[index - 1]) + part);
  const made: Html = Object.freeze({ toString: () => markup });
  markups.set(made, markup);
  return made;
}

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map(render).join('');
  const markup = typeof value === 'object' ? markups.get(value as Html) : undefined;
  return markup ?? String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? '');
}

// Only the base of relative addresses; nothing is ever sent there.
const base = 'http://inbox.invalid/';

/**
 * The address if a person may be sent there: http, https or relative to the inbox. Anything else,
 * `javascript:` above all, and whatever hides its host behind a user name, is no link.
 */
export function safeHref(address: string | undefined): string | undefined {
  const trimmed = address?.trim();
  if (trimmed === undefined || trimmed === '' || !URL.canParse(trimmed, base)) return undefined;
  const { protocol, username } = new URL(trimmed, base);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && username === '' ? trimmed : undefined;
}
