import { compressExpression, compressMs } from '@watchkeeper/stack/configuration/promql';
import { formatDuration, parseDuration } from '@watchkeeper/viewer/model/duration';

/** A PromQL expression with all its durations divided. */
export function compressPromql(code: string, timeFactor: number): string {
  return timeFactor === 1 ? code : compressExpression(code, timeFactor);
}

// Strings stay as they are; a duration stands in brackets or after `offset`.
const stringsOrDurations = /"(?:\\.|[^"\\])*"|`[^`]*`|\[(\w+)\]|\boffset\s+(\w+)/g;

/** A LogQL expression with its ranges and offsets divided. */
export function compressLogql(code: string, timeFactor: number): string {
  if (timeFactor === 1) return code;
  return code.replace(stringsOrDurations, (text, range?: string, offset?: string) => {
    const written = range ?? offset;
    const ms = written === undefined ? undefined : parseDuration(written);
    if (written === undefined || ms === undefined) return text;
    return text.replace(written, formatDuration(compressMs(ms, timeFactor)));
  });
}
