// The names are Grafana's unit ids; what isn't here is written as a plain number.
type Scale = readonly (readonly [from: number, divisor: number, suffix: string])[];

const seconds: Scale = [
  [604_800 * 2, 604_800, ' weeks'],
  [86_400, 86_400, ' days'],
  [3_600, 3_600, ' h'],
  [60, 60, ' min'],
  [1, 1, ' s'],
  [1e-3, 1e-3, ' ms'],
  [1e-6, 1e-6, ' µs'],
  [0, 1e-9, ' ns'],
];
const counts: Scale = [
  [1e12, 1e12, ' Tri'],
  [1e9, 1e9, ' Bil'],
  [1e6, 1e6, ' Mil'],
  [1e3, 1e3, ' K'],
  [0, 1, ''],
];

function powers(base: number, suffixes: readonly string[]): Scale {
  return suffixes
    .map((suffix, index) => [index === 0 ? 0 : base ** index, base ** index, ` ${suffix}`] as const)
    .reverse();
}

const binary = powers(1_024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
const decimal = powers(1_000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
const rate = (name: string): Scale =>
  counts.map(([from, divisor, suffix]) => [from, divisor, `${suffix} ${name}`]);
const perSecond = (scale: Scale): Scale =>
  scale.map(([from, divisor, suffix]) => [from, divisor, `${suffix}/s`]);

const scales: Readonly<Record<string, Scale>> = {
  short: counts,
  s: seconds,
  dtdurations: seconds,
  ms: seconds.map(([from, divisor, suffix]) => [from * 1e3, divisor * 1e3, suffix]),
  bytes: binary,
  decbytes: decimal,
  Bps: perSecond(decimal),
  binBps: perSecond(binary),
  reqps: rate('req/s'),
  ops: rate('ops/s'),
  rps: rate('rd/s'),
  wps: rate('wr/s'),
  cps: rate('c/s'),
  mps: rate('msg/s'),
};
const currencies: Readonly<Record<string, string>> = {
  currencyEUR: '€',
  currencyUSD: '$',
  currencyGBP: '£',
};

/** A value in its unit, for people; `NaN` and what is absent is a dash. */
export function formatValue(value: number | null, unit = 'none', decimals?: number): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (unit === 'percentunit') return `${number(value * 100, decimals)} %`;
  if (unit === 'percent') return `${number(value, decimals)} %`;
  const sign = currencies[unit];
  if (sign !== undefined) return `${sign}${scaled(value, counts, decimals)}`;
  if (unit === 'dateTimeAsIso') return new Date(value).toISOString();
  return scaled(value, scales[unit] ?? [[0, 1, '']], decimals);
}

function scaled(value: number, scale: Scale, decimals: number | undefined): string {
  const size = Math.abs(value);
  // Nothing of a unit is nothing of its base, not of its smallest part.
  const fit =
    size === 0
      ? scale.find(([, divisor]) => divisor === 1)
      : scale.find(([from]) => size >= from * (1 - 1e-9));
  const [, divisor, suffix] = fit ?? [0, 1, ''];
  return `${number(value / divisor, decimals)}${suffix}`;
}

/** Three digits that count, and no zeros that don't. */
function number(value: number, decimals: number | undefined): string {
  if (decimals !== undefined) return value.toFixed(decimals);
  if (value === 0) return '0';
  const places = Math.min(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))), 6);
  return String(Number(value.toFixed(places)));
}
