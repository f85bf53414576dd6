import { StackError } from '@watchkeeper/stack';
import { formatDuration, parseDuration } from '@watchkeeper/viewer/model/duration';
import type { ConfigurationChange } from './system.ts';

/** Compresses the durations that a change marks, such as `{{ 5s }}`; all others are what they say. */
export function compressChange(change: ConfigurationChange, factor: number): ConfigurationChange {
  const { replace, content } = change;
  const compress = (text: string) =>
    text.replace(/\{\{ (\d+(?:ms|[smh])) \}\}/g, (mark, duration: string) => {
      const ms = parseDuration(duration);
      return ms === undefined ? mark : formatDuration(Math.round(ms / factor));
    });
  const replaced = Object.entries(replace ?? {}).map(([from, to]) => [from, compress(to)]);
  return {
    ...change,
    ...(replace && { replace: Object.fromEntries(replaced) }),
    ...(content !== undefined && { content: compress(content) }),
  };
}

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
