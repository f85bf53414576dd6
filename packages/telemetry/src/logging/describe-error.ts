import { errorForm } from './error-fields.ts';
import { createLine } from './values.ts';

/** What a line would have of whatever was thrown: texts, bounded and without secrets. */
export function describeError(thrown: unknown): { type: string; message: string; stack: string } {
  const line = createLine();
  line.append(line, errorForm(thrown, line));
  return JSON.parse(line.text);
}
