/** A query with the labels of an alert in place of its variables. */
export type FilledQuery = { readonly code: string } | { readonly problem: string };

const variable = /\$([a-zA-Z_]\w*)/g;
// Allowed outside of quotes: a name or a number, no syntax.
const harmless = /^[\w.:-]+$/;
// SQL has neither the escapes of PromQL nor its comments; two dashes begin one.
const harmlessInSql = /^(?!.*--)[\w.:-]+$/;

/**
 * Replaces each `$name` by the label's value. Values are untrusted: in quotes they are escaped, so
 * that the string stays one; elsewhere, and anywhere in SQL, only a plain word is allowed.
 */
export function fillVariables(
  code: string,
  labels: Readonly<Record<string, string>>,
  language: 'sql' | 'other' = 'other',
): FilledQuery {
  const used = new Set([...code.matchAll(variable)].map(([, name = '']) => name));
  const missing = [...used].filter((name) => !Object.hasOwn(labels, name));
  if (missing.length > 0) {
    const names = missing.map((name) => `\`${name}\``).join(', ');
    return { problem: `The alert lacks the label ${names} of this query.` };
  }
  let problem: string | undefined;
  const filled = code.replace(variable, (_, name: string, offset: number) => {
    const value = labels[name] ?? '';
    const isSql = language === 'sql';
    const quote = isSql ? undefined : quoteAt(code, offset);
    if (quote === '"' || quote === "'") return escapeIn(quote, value);
    const plain = isSql ? harmlessInSql : harmless;
    const isSafe = quote === '`' ? !/[`\n]/.test(value) : plain.test(value);
    if (!isSafe) problem ??= `The value of label \`${name}\` is not safe in this query.`;
    return value;
  });
  return problem === undefined ? { code: filled } : { problem };
}

/** The quote that is open at that offset, if any; comments have none. */
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

// Of labels as Prometheus' authors name them. Variables that a shell obeys, such as BASH_ENV and PATH, are
// upper-case; those of on-call.sh begin with an underscore.
const shellName = /^[a-z][a-z0-9_]*$/;
const usedInShell = /\$\{?([a-zA-Z_]\w*)/g;

/**
 * The labels that a block of bash uses, as variables for it. Names are as untrusted as values: one that
 * a shell or `environment` knows already is left out.
 */
export function shellVariables(
  code: string,
  labels: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const used = new Set([...code.matchAll(usedInShell)].map(([, name = '']) => name));
  const entries = Object.entries(labels).filter(
    ([name]) => used.has(name) && shellName.test(name) && !Object.hasOwn(environment, name),
  );
  return Object.fromEntries(entries);
}
