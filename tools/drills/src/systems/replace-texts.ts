import { StackError } from '@watchkeeper/stack';

/**
 * Replaces each key of `replace` by its value.
 * @throws StackError that names a key which the text does not have exactly once
 */
export function replaceTexts(
  file: string,
  text: string,
  replace: Readonly<Record<string, string>>,
): string {
  return Object.entries(replace).reduce((changed, [from, to]) => {
    if (changed.split(from).length !== 2) {
      throw new StackError(`Expected \`${from}\` once in ${file}. Correct the drill.`);
    }
    return changed.replace(from, () => to);
  }, text);
}
