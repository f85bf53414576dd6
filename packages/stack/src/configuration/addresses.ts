import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function replaceTokens(
  text: string,
  map: Record<string, string>,
  before: string,
  after: string,
): string {
  // The longest first, so that no token is taken for the beginning of another.
  const tokens = Object.keys(map).sort((left, right) => right.length - left.length);
  if (tokens.length === 0) return text;
  const pattern = new RegExp(
    `(?<!${before})(?:${tokens.map(escapePattern).join('|')})(?!${after})`,
    'g',
  );
  return text.replace(pattern, (token) => map[token] ?? token);
}

/** Replaces every `host:port` that the map names, and nothing else. */
export function rewriteAddresses(text: string, addresses: Record<string, string>): string {
  return replaceTokens(text, addresses, '[\\w.-]', '\\d');
}

/** Replaces every path of a container, and whatever lies below it, by the map's. */
export function rewritePaths(text: string, paths: Record<string, string>): string {
  return replaceTokens(text, paths, '[\\w./-]', '[\\w.-]');
}

/** Drops the targets for which `isAbsent` holds from a file_sd file, and entries left without any. */
export function dropTargets(text: string, isAbsent: (host: string) => boolean): string {
  const document = parseDocument(text);
  const entries = document.contents;
  if (!isSeq(entries)) return text;
  let dropped = 0;
  entries.items = entries.items.filter((entry) => {
    const targets = isMap(entry) ? entry.get('targets') : undefined;
    if (!isSeq(targets)) return true;
    const before = targets.items.length;
    targets.items = targets.items.filter(
      (target) => !isAbsent(String(isScalar(target) ? target.value : target).split(':')[0] ?? ''),
    );
    dropped += before - targets.items.length;
    return targets.items.length > 0;
  });
  // Written anew only when there is something to drop: otherwise not a byte may change.
  return dropped === 0 ? text : document.toString({ lineWidth: 0 });
}
