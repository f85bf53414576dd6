// By Grafana's unit ids: those of our dashboards. Any other is written as a plain number.
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

const perUnit = (scale: Scale, unit: string): Scale =>
  scale.map(([from, divisor, suffix]) => [from, divisor, `${suffix}${unit}`]);
const powers = (base: number, suffixes: readonly string[]): Scale =>
  suffixes
    .map((suffix, power) => [power === 0 ? 0 : base ** power, base ** power, ` ${suffix}`] as const)
    .reverse();

const scales: Readonly<Record<string, Scale>> = {
  short: counts,
  s: seconds,
  bytes: powers(1_024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']),
  Bps: perUnit(powers(1_000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']), '/s'),
  reqps: perUnit(counts, ' req/s'),
  ops: perUnit(counts, ' ops/s'),
};

/** A value in its unit; `NaN` and null are a dash. */
export function formatValue(value: number | null, unit = 'none', decimals?: number): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (unit === 'percentunit') return `${number(value * 100, decimals)} %`;
  if (unit === 'currencyEUR') return `€${scaled(value, counts, decimals)}`;
  if (unit === 'dateTimeFromNow') return `${scaled((Date.now() - value) / 1_000, seconds, 0)} ago`;
  return scaled(value, scales[unit] ?? [[0, 1, '']], decimals);
}

function scaled(value: number, scale: Scale, decimals: number | undefined): string {
  const size = Math.abs(value);
  // Zero is zero of the base unit, not of the smallest one.
  const fit =
    size === 0
      ? scale.find(([, divisor]) => divisor === 1)
      : scale.find(([from]) => size >= from * (1 - 1e-9));
  const [, divisor, suffix] = fit ?? [0, 1, ''];
  return `${number(value / divisor, decimals)}${suffix}`;
}

/** Three significant digits, no trailing zeros. */
function number(value: number, decimals: number | undefined): string {
  if (decimals !== undefined) return value.toFixed(decimals);
  if (value === 0) return '0';
  const decimalsShown = Math.min(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))), 6);
  return String(Number(value.toFixed(decimalsShown)));
}
