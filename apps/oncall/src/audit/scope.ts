import type { SilenceMatcher } from '../silences/alertmanager.ts';

// No alert has it, so that a matcher that accepts it accepts any value.
const anyValue = 'a-value-that-no-alert-has';
// Of the alerts that notify somebody.
const severities = ['critical', 'warning'];

/** Whether a silence mutes alerts of every name and service, at least those of one severity. */
export function coversEverything(matchers: readonly SilenceMatcher[]): boolean {
  return severities.some((severity) =>
    matchers.every((matcher) =>
      accepts(matcher, matcher.name === 'severity' ? severity : anyValue),
    ),
  );
}

function accepts({ value, isRegex, isEqual }: SilenceMatcher, text: string): boolean {
  return (isRegex ? matchesPattern(value, text) : value === text) === isEqual;
}

function matchesPattern(pattern: string, text: string): boolean {
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
