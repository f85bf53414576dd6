// Only objects in this map are markup, so that none from outside can pass for it.
const markups = new WeakMap<Html, string>();

/** Text that is safe to send as HTML. */
export interface Html {
  toString(): string;
}

/** Text is escaped, lists are joined, `undefined` and `false` are left out. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Renders a template; every value is escaped unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return trustMarkup(parts.reduce((text, part, index) => text + render(values[index - 1]) + part));
}

/** Declares text to be safe markup; the caller must have escaped everything in it. */
export function trustMarkup(markup: string): Html {
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

// The base of relative addresses; never requested.
const base = 'http://inbox.invalid/';

/**
 * The address if it is safe to link: http, https or relative. Undefined for any other scheme, above
 * all `javascript:`, and for an address that hides its host behind a user name.
 */
export function safeHref(address: string | undefined): string | undefined {
  const trimmed = address?.trim();
  if (trimmed === undefined || trimmed === '' || !URL.canParse(trimmed, base)) return undefined;
  const { protocol, username } = new URL(trimmed, base);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && username === '' ? trimmed : undefined;
}
