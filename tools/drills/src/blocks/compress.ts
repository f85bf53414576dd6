import { compressExpression, compressMs } from '@watchkeeper/stack/configuration/promql';
import { formatDuration, parseDuration } from '@watchkeeper/viewer/model/duration';

/** Divides all durations. */
export function compressPromql(code: string, timeFactor: number): string {
  return timeFactor === 1 ? code : compressExpression(code, timeFactor);
}

// Strings stay as they are; durations are in brackets or after `offset`.
const stringsOrDurations = /"(?:\\.|[^"\\])*"|`[^`]*`|\[(\w+)\]|\boffset\s+(\w+)/g;

/** Divides ranges and offsets. */
export function compressLogql(code: string, timeFactor: number): string {
  if (timeFactor === 1) return code;
  return code.replace(stringsOrDurations, (text, range?: string, offset?: string) => {
    const written = range ?? offset;
    const ms = written === undefined ? undefined : parseDuration(written);
    if (written === undefined || ms === undefined) return text;
    return text.replace(written, formatDuration(compressMs(ms, timeFactor)));
  });
}
