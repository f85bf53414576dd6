import { type Amount, toPromql } from './amount.ts';
import { isComment, type TemplateLine } from './template-lines.ts';

const placeholder = /\$\{(\w+)\}/g;

/** The names of the placeholders in a text. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name);
}

/** The line with its placeholders replaced: as written in comments and texts, else as PromQL. */
export function fill(
  { text, isExpression }: TemplateLine,
  selectors: Readonly<Record<string, string>>,
  amountOf: (name: string) => Amount,
): string {
  const selected = Object.entries(selectors).reduce(select, text);
  return selected.replace(placeholder, (_, name: string, at: number) => {
    const before = selected.slice(0, at);
    const value = amountOf(name);
    return isExpression && !isComment(before) ? toPromql(value, before) : String(value);
  });
}

/** An empty selector takes the comma beside it along, and the braces if nothing else is in them. */
function select(text: string, [name, matchers]: [name: string, matchers: string]): string {
  const own = `\${${name}}`;
  if (matchers !== '') return text.replaceAll(own, matchers);
  return [`{${own}}`, `, ${own}`, `${own}, `].reduce(
    (rest, part) => rest.replaceAll(part, ''),
    text,
  );
}
