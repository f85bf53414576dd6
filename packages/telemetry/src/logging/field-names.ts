import { type LineBuffer, noteCut } from './line-buffer.ts';
import { isSecretName, isSecretPlural, redactText } from './secrets.ts';

// A line's own fields never take the place of these.
const commonNames = new Set([
  ...['time', 'level', 'service', 'version', 'environment', 'line_truncated'],
]);
const idNames = new Set(['request_id', 'correlation_id', 'user_id', 'trace_id', 'span_id']);

/** What a line needs to know about the name of a field. */
export interface FieldName {
  /** The name as JSON, with its colon. */
  readonly text: string;
  /** The same for a caller's field that has a name of the logger's. */
  readonly ownText: string;
  readonly isSecret: boolean;
  /** Whether it names several secrets, or counts them. */
  readonly isSecretPlural: boolean;
  /** Whether the logger writes a field of this name on every line. */
  readonly isCommon: boolean;
  /** Whether the logger writes one on lines of a request. */
  readonly isId: boolean;
}

const known = new Map<string, FieldName>();
// Names come from code, so they are few; the bound is for a line that logs a stranger's body.
const maxKnownNames = 2_000;
const maxNameLength = 200;

/** Looks a name up, which is faster than judging it each time; `line` notes that it was cut. */
export function fieldName(name: string, line?: LineBuffer): FieldName {
  const existing = known.get(name);
  if (existing !== undefined) return existing;
  if (name.length > maxNameLength && line !== undefined) {
    noteCut(line, `${name.length - maxNameLength} characters of a name`);
  }
  const made = judge(name.slice(0, maxNameLength));
  if (known.size < maxKnownNames && name.length <= maxNameLength) known.set(name, made);
  return made;
}

function judge(name: string): FieldName {
  const isSecret = isSecretName(name);
  const safe = redactText(name);
  return {
    ...{ text: `${JSON.stringify(safe)}:`, ownText: `${JSON.stringify(`own_${safe}`)}:` },
    ...{ isSecret, isSecretPlural: !isSecret && isSecretPlural(name) },
    ...{ isCommon: commonNames.has(name), isId: idNames.has(name) },
  };
}
