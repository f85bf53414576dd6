/** A query with the labels of an alert in place of its variables. */
export type FilledQuery = { readonly code: string } | { readonly problem: string };

const variable = /\$([a-zA-Z_]\w*)/g;
// What may stand outside of quotes: a name or a number, and nothing that is syntax.
const harmless = /^[\w.:-]+$/;

/** The names of a query's variables, such as `job`; each once. */
export function variablesOf(code: string): readonly string[] {
  return [...new Set([...code.matchAll(variable)].map(([, name = '']) => name))];
}

/**
 * Puts labels in the places of `$name`. Their text comes from outside: in quotes it is escaped so
 * that it stays one string; elsewhere nothing but a plain word is taken.
 */
export function fillVariables(code: string, labels: Readonly<Record<string, string>>): FilledQuery {
  const missing = variablesOf(code).filter((name) => !Object.hasOwn(labels, name));
  if (missing.length > 0) {
    const names = missing.map((name) => `\`${name}\``).join(', ');
    return { problem: `The alert has no label ${names}, which this query needs.` };
  }
  let problem: string | undefined;
  const filled = code.replace(variable, (_, name: string, offset: number) => {
    const value = labels[name] ?? '';
    const quote = quoteAt(code, offset);
    if (quote === '"' || quote === "'") return escapeIn(quote, value);
    const isSafe = quote === '`' ? !/[`\n]/.test(value) : harmless.test(value);
    if (!isSafe) problem ??= `The alert's label \`${name}\` can't stand in this query.`;
    return value;
  });
  return problem === undefined ? { code: filled } : { problem };
}

/** The quote that is open at that place of the code, if one is; comments quote nothing. */
function quoteAt(code: string, offset: number): string | undefined {
  let open: string | undefined;
  for (let index = 0; index < offset; index += 1) {
    const character = code[index] ?? '';
    if (open === undefined) {
      if (character === '#') {
        const end = code.indexOf('\n', index);
        if (end === -1 || end >= offset) return undefined;
        index = end;
      } else if ('"\'`'.includes(character)) open = character;
    } else if (character === '\\' && open !== '`') index += 1;
    else if (character === open) open = undefined;
  }
  return open;
}

/** As both PromQL and LogQL read a string. Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals */
function escapeIn(quote: string, value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}
