import type { SilenceMatcher } from '../silences/alertmanager.ts';

// No alert has them, so that a matcher that accepts one accepts any value of its form.
const anyName = 'NameThatNoAlertHas';
const anyValues = ['a-value-that-no-alert-has', 'value', '127.0.0.1:9090'];
// Of the alerts that notify somebody.
const severities = ['critical', 'warning'];

/** Whether a silence mutes alerts of every name and service, at least those of one severity. */
export function coversEverything(matchers: readonly SilenceMatcher[]): boolean {
  return severities.some((severity) =>
    matchers.every((matcher) =>
      probesOf(matcher.name, severity).some((text) => accepts(matcher, text)),
    ),
  );
}

function probesOf(name: string, severity: string): readonly string[] {
  if (name === 'severity') return [severity];
  return name === 'alertname' ? [anyName] : anyValues;
}

function accepts({ value, isRegex, isEqual }: SilenceMatcher, text: string): boolean {
  return (isRegex ? matchesPattern(value, text) : value === text) === isEqual;
}

// Of RE2, and something else in JavaScript: classes such as `[[:alpha:]]`, `\pL`, `\Q…\E`, `\A`, `\z`.
const foreignSyntax = /\[:\^?\w+:\]|\\[pPQAzC]/;

function matchesPattern(pattern: string, text: string): boolean {
  if (foreignSyntax.test(pattern)) return true;
  try {
    // RE2 writes its flags before the pattern, and always matches the whole value.
    return new RegExp(`^(?:${pattern.replace(/^\(\?[imsU]+\)/, '')})$`, 'is').test(text);
  } catch {
    // Nobody knows what it mutes: rather an alert too many.
    return true;
  }
}

/** As people write them: `{alertname="HighErrorRate", job=~"api|worker"}`. */
export function formatMatchers(matchers: readonly SilenceMatcher[]): string {
  const written = matchers.map(({ name, value, isRegex, isEqual }) => {
    const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
    return `${name}${operator}${JSON.stringify(value)}`;
  });
  return `{${written.join(', ')}}`;
}
