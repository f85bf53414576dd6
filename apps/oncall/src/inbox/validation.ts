import type { ValidationError } from '@watchkeeper/telemetry';
import type { z } from 'zod';

// A thousand alerts that lack one field make one mistake, not a thousand.
const maxProblems = 20;

/** What is wrong, field by field; `where` is the part of the request, such as `body`. */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  where: string,
): readonly ValidationError[] {
  return issues.slice(0, maxProblems).map(({ path, message }) => ({
    field: [where, ...path].join('.'),
    message,
  }));
}

/** The wrong fields as a sentence names them. */
export function fieldList(problems: readonly ValidationError[]): string {
  return problems.map(({ field }) => `\`${field}\``).join(', ');
}
