import { describe, expect, test } from '@jest/globals';
import { colourOf, formatFieldValue, limitLines, seriesColour } from './appearance.ts';
import { fieldNamed } from './dashboard.ts';
import { pickExemplars } from './exemplars.ts';
import { toLogLines } from './log-lines.ts';
import { marksFrom } from './marks.ts';
import { lastValues, nameSeries, toSeriesSet } from './series.ts';
import { toTables, transform, unknownTransformation } from './tables.ts';
import { formatValue } from './units.ts';

describe('units', () => {
  test.each([
    [0.0512, 'percentunit', '5.12 %'],
    [0, 'percentunit', '0 %'],
    [0.25, 's', '250 ms'],
    [0, 's', '0 s'],
    [1, 's', '1 s'],
    [90, 's', '1.5 min'],
    [-90, 's', '-1.5 min'],
    [2 * 86_400, 's', '2 days'],
    [1_073_741_824, 'bytes', '1 GiB'],
    [Date.now() - 86_400_000 * 3, 'dateTimeFromNow', '3 days ago'],
    [2_500_000, 'Bps', '2.5 MB/s'],
    [0.5, 'reqps', '0.5 req/s'],
    [1_234, 'ops', '1.23 K ops/s'],
    [1_234_567, 'short', '1.23 Mil'],
    [12.3, 'currencyEUR', '€12.3'],
    [7, 'none', '7'],
    [7, 'unit of tomorrow', '7'],
    [null, 's', '–'],
    [Number.NaN, 's', '–'],
    [Number.POSITIVE_INFINITY, 's', '∞'],
  ])('%d in %s is %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));

  test('keeps the decimals of a panel', () => {
    expect(formatValue(0.1234, 'percentunit', 1)).toBe('12.3 %');
  });
});

describe('thresholds and mappings', () => {
  const field = {
    thresholds: {
      steps: [
        { value: null, color: 'green' },
        { value: 0.05, color: 'orange' },
        { value: 0.1, color: 'red' },
      ],
    },
    mappings: [{ type: 'value', options: { 0: { text: 'down' } } }],
    custom: { thresholdsStyle: { mode: 'dashed' } },
  };

  test.each([
    [0, 'green'],
    [0.05, 'orange'],
    [0.5, 'red'],
    [null, 'text'],
  ])('%d is %s', (value, colour) => expect(colourOf(value, field)).toBe(colour));

  test('draws every threshold but the lowest, if lines are configured', () => {
    expect(limitLines(field)).toEqual([
      { value: 0.05, colour: 'orange' },
      { value: 0.1, colour: 'red' },
    ]);
    expect(limitLines({ ...field, custom: {} })).toEqual([]);
  });

  test('writes the text of a mapping', () => {
    expect(formatFieldValue(0, field)).toBe('down');
    expect(formatFieldValue(1, field)).toBe('1');
  });

  test('an override changes only the field of its name', () => {
    const override = {
      matcher: { id: 'byName', options: 'Memory' },
      properties: [{ id: 'unit', value: 'bytes' }],
    };
    const config = { defaults: { unit: 'short' }, overrides: [override] };
    expect(fieldNamed(config, 'Memory').unit).toBe('bytes');
    expect(fieldNamed(config, 'Files').unit).toBe('short');
  });

  test('ten series have ten colours, and a name keeps its own', () => {
    const names = [...'abcdefghij'];
    expect(new Set(seriesColour(names).values()).size).toBe(10);
    expect(seriesColour(['api']).get('api')).toBe(seriesColour(['api']).get('api'));
    expect([...seriesColour([...names, ...'klmnop']).values()].every((each) => each < 10)).toBe(
      true,
    );
  });
});

describe('series', () => {
  const range = { from: 1_000_000, to: 1_060_000 };
  const hostile = '<img src=x onerror=alert(1)>';

  test.each([
    ['{{job}} {{ route }}', { job: 'api', route: '/x' }, 'api /x'],
    ['{{missing}}', { job: 'api' }, ''],
    ['', { __name__: 'up', job: 'api' }, 'up{job="api"}'],
    ['', {}, 'Value'],
    ['{{job}}', { job: hostile }, hostile],
  ])('the legend %s of %j is %s', (legend, labels, name) => {
    expect(nameSeries(legend, labels)).toBe(name);
  });

  test('samples share a grid, with gaps for missing ones', () => {
    const set = toSeriesSet(
      [
        {
          refId: 'A',
          legend: 'a',
          result: [
            {
              metric: {},
              values: [
                [1_000, '1'],
                [1_030, '3'],
              ],
            },
          ],
        },
        {
          refId: 'B',
          legend: 'b',
          result: [
            {
              metric: {},
              values: [
                [1_015, 'NaN'],
                [1_045, '2'],
              ],
            },
          ],
        },
        { refId: 'C', legend: 'c', result: [{ metric: {}, values: [[1_015, '+Inf']] }] },
      ],
      range,
      15_000,
    );
    expect(set.times).toEqual([1_000, 1_015, 1_030, 1_045, 1_060]);
    expect(set.series.map(({ name, values }) => [name, values])).toEqual([
      ['a', [1, null, 3, null, null]],
      ['b', [null, null, null, 2, null]],
    ]);
  });

  test('the last value is the last number', () => {
    const result = [
      {
        metric: { job: 'api' },
        values: [
          [1, '4'],
          [2, 'NaN'],
        ] as [number, string][],
      },
    ];
    expect(lastValues([{ refId: 'A', legend: '{{job}}', result }])).toMatchObject([
      { name: 'api', value: 4 },
    ]);
  });
});

describe('tables', () => {
  const answer = (refId: string, labels: Record<string, string>, value: string) => ({
    refId,
    legend: '',
    result: [{ metric: labels, value: [1, value] as [number, string] }],
  });

  test('merges, filters, orders and renames as Grafana does', () => {
    const tables = toTables([
      answer('A', { slo: 'x', job: 'api' }, '0.01'),
      answer('B', { slo: 'x', job: 'api' }, '0.5'),
    ]);
    const shown = transform(tables, [
      { id: 'merge' },
      {
        id: 'filterFieldsByName',
        options: { include: { names: ['slo', 'job', 'Value #A', 'Value #B'] } },
      },
      {
        id: 'organize',
        options: {
          indexByName: { slo: 0, job: 1, 'Value #A': 3, 'Value #B': 2 },
          renameByName: { slo: 'Objective', 'Value #A': 'May fail' },
        },
      },
    ]);
    expect(shown).toEqual({
      fields: ['Objective', 'job', 'Value #B', 'May fail'],
      rows: [{ Objective: 'x', job: 'api', 'Value #B': 0.5, 'May fail': 0.01 }],
    });
  });

  test('removed fields do not keep rows apart', () => {
    const tables = toTables([
      answer('A', { __name__: 'one', job: 'api' }, '1'),
      answer('B', { __name__: 'two', job: 'api' }, '2'),
    ]);
    const include = { names: ['job', 'Value #A', 'Value #B'] };
    const steps = [{ id: 'filterFieldsByName', options: { include } }, { id: 'merge' }];
    expect(transform(tables, steps).rows).toEqual([{ job: 'api', 'Value #A': 1, 'Value #B': 2 }]);
  });

  test('rows that differ in a shared field stay apart', () => {
    const tables = toTables([
      answer('A', { __name__: 'one', job: 'api' }, '1'),
      answer('B', { __name__: 'two', job: 'api' }, '2'),
      answer('C', { job: 'api' }, '3'),
    ]);
    expect(transform(tables, [{ id: 'merge' }]).rows).toHaveLength(2);
  });

  test('names the first unsupported transformation', () => {
    expect(unknownTransformation([{ id: 'merge' }, { id: 'groupBy' }])).toBe('groupBy');
    expect(unknownTransformation()).toBeUndefined();
  });
});

describe('marks, exemplars and lines', () => {
  const range = { from: 0, to: 600_000 };

  test('a start is a moment, an alert a span', () => {
    const start = { name: 'Starts', useValueForTime: true, titleFormat: '{{job}} started' };
    const values: [number, string][] = [
      [10, '5000'],
      [20, '5000'],
    ];
    expect(marksFrom(start, [{ metric: { job: 'api' }, values }], range, 10_000)).toEqual([
      { from: 5_000, to: 5_000, title: 'api started', text: '', colour: 'blue' },
    ]);
    const firing: [number, string][] = [
      [10, '1'],
      [20, '1'],
      [30, '0'],
      [90, '1'],
    ];
    const spans = marksFrom(
      { name: 'Alerts', iconColor: 'red' },
      [{ values: firing }],
      range,
      10_000,
    );
    expect(spans.map(({ from, to }) => [from, to])).toEqual([
      [10_000, 20_000],
      [90_000, 90_000],
    ]);
  });

  test('keeps the slowest exemplars of each interval', () => {
    const exemplars = Array.from({ length: 1_000 }, (_, index) => ({
      labels: { trace_id: `t${index}` },
      value: String(index % 100),
      timestamp: index * 0.6,
    }));
    const picked = pickExemplars([{ seriesLabels: {}, exemplars }], range);
    expect(picked.length).toBeLessThanOrEqual(61);
    expect(picked.some(({ value }) => value === 99)).toBe(true);
  });

  test('reads JSON and plain lines, newest first', () => {
    const line =
      '{"level":"error","event":"x_failed","msg":"it failed","method":"GET","route":"/x",' +
      '"status_code":500,"duration_ms":12.4,"err":{"type":"E","message":"no"},"trace_id":"ab"}';
    const text = 'x_failed · it failed · GET /x 500 · 12 ms · no';
    const lines = toLogLines([
      { stream: { service: 'api', level: 'error' }, values: [['1000000000', line]] },
      { stream: { service: 'api' }, values: [['2000000000', '{broken <b>']] },
    ]);
    expect(lines).toMatchObject([
      { time: 2_000, text: '{broken <b>', level: 'unknown' },
      { time: 1_000, text, level: 'error', service: 'api', traceId: 'ab' },
    ]);
    expect(lines[1]?.fields).toContainEqual(['err.type', 'E']);
  });
});
