import { StackError } from '@watchkeeper/stack';

/**
 * The text of a file with each key of `replace` become its value.
 * @throws StackError that names a key which does not stand in the text exactly once
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
