import { isMap, isScalar, isSeq, parseDocument, type YAMLSeq } from 'yaml';

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

/** Replaces every path of a container, and all paths below it, by the map's. */
export function rewritePaths(text: string, paths: Record<string, string>): string {
  return replaceTokens(text, paths, '[\\w./-]', '[\\w.-]');
}

/** The offsets of a node's lines: the start of its first to the end of its last. */
function linesOf(text: string, node: unknown): [from: number, to: number] {
  const [from, to] = (node as { range: [number, number, number] }).range;
  const end = text.indexOf('\n', to - 1);
  return [text.lastIndexOf('\n', from) + 1, end === -1 ? text.length : end + 1];
}

function namesOf({ items }: YAMLSeq): string[] {
  return items.map((item) => String(isScalar(item) ? item.value : item));
}

function cutTargets(text: string, targets: YAMLSeq, isAbsent: (target: string) => boolean) {
  const { range, flow, items } = targets;
  const names = namesOf(targets);
  if (!flow || !range) {
    return items.reduceRight<string>((rest, item, index) => {
      const [from, to] = linesOf(rest, item);
      return isAbsent(names[index] ?? '') ? rest.slice(0, from) + rest.slice(to) : rest;
    }, text);
  }
  const kept = names.filter((name) => !isAbsent(name)).join(', ');
  return `${text.slice(0, range[0])}[${kept}]${text.slice(range[1])}`;
}

/**
 * Drops the targets on hosts for which `isAbsent` holds from a file_sd file, and entries left
 * without any. Cuts them out of the text, so that not a byte around them changes.
 */
export function dropTargets(text: string, isAbsent: (host: string) => boolean): string {
  const entries = parseDocument(text).contents;
  if (!isSeq(entries)) return text;
  const isAbsentTarget = (target: string) => isAbsent(target.split(':')[0] ?? '');
  let left = entries.items.length;
  // From the end, so that cuts don't move the offsets of entries still to be checked.
  const rest = entries.items.reduceRight<string>((current, entry) => {
    const targets = isMap(entry) ? entry.get('targets') : undefined;
    if (!isSeq(targets)) return current;
    const names = namesOf(targets);
    if (!names.some(isAbsentTarget)) return current;
    if (!names.every(isAbsentTarget)) return cutTargets(current, targets, isAbsentTarget);
    left -= 1;
    const [from, to] = linesOf(current, entry);
    return current.slice(0, from) + current.slice(to);
  }, text);
  return left === 0 ? `${rest}[]\n` : rest;
}
