import type { MetricsFormat } from '../metrics/prom-client.ts';

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

const mediaTypes = {
  openMetrics: { type: 'application/openmetrics-text', version: '1.0.0' },
  classic: { type: 'text/plain', version: '0.0.4' },
} as const;

/**
 * The format that an `Accept` header prefers: OpenMetrics, which carries exemplars, where nothing
 * else is said, and the classic one, which every parser reads, where neither is acceptable.
 * Source: RFC 9110, section 12.5.1.
 */
export function preferredFormat(accept: string | undefined): MetricsFormat {
  const ranges = (accept?.trim() || '*/*').split(',').map(parseRange);
  const openMetrics = rate(ranges, mediaTypes.openMetrics);
  const classic = rate(ranges, mediaTypes.classic);
  if (openMetrics.quality === classic.quality) {
    const isNamed = openMetrics.quality > 0 && openMetrics.specificity >= classic.specificity;
    return isNamed ? 'openMetrics' : 'classic';
  }
  return openMetrics.quality > classic.quality ? 'openMetrics' : 'classic';
}

function parseRange(text: string): MediaRange {
  const [type = '', ...parameters] = text
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const named = new Map(
    parameters.map((parameter) => {
      const [name = '', value = ''] = parameter.split('=').map((part) => part.trim());
      return [name, value.replace(/^"(.*)"$/, '$1')];
    }),
  );
  const quality = Number(named.get('q') ?? 1);
  const isValid = quality >= 0 && quality <= 1;
  return { type, version: named.get('version'), quality: isValid ? quality : 0 };
}

/** The most specific range decides; among equals the one with the highest quality. */
function rate(ranges: readonly MediaRange[], { type, version }: { type: string; version: string }) {
  const names = ['*/*', type.replace(/\/.*/, '/*'), type];
  let best = { specificity: -1, quality: 0 };
  for (const range of ranges) {
    if (range.version !== undefined && range.version !== version) continue;
    const index = names.indexOf(range.type);
    const specificity = range.version === undefined ? index : index + 1;
    const isBetter =
      specificity > best.specificity ||
      (specificity === best.specificity && range.quality > best.quality);
    if (index !== -1 && isBetter) best = { specificity, quality: range.quality };
  }
  return best;
}
