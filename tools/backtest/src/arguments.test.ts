import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { parseBacktestArguments, usage } from './arguments.ts';

const shipped = ['monitoring/prometheus/rules'];

describe('parseBacktestArguments', () => {
  test('asks the local Prometheus for two weeks by the shipped rules', () => {
    expect(parseBacktestArguments(['--zone', 'UTC'], shipped)).toEqual({
      ...{ prometheus: 'http://localhost:9090', days: 14, rules: shipped, readsRecordings: false },
      ...{ zone: 'UTC', nights: { from: 22, to: 7 }, picture: 'backtest.svg' },
    });
  });

  test('takes what it is given', () => {
    const file = join(makeTemporaryFolder('authorization'), 'header');
    writeFileSync(file, 'Bearer abc\n');
    const words = [
      ...['--prometheus', 'https://mimir.example/prometheus', '--days', '30d', '--rules', 'a.yml'],
      ...['--rules', 'b', '--step', '1m', '--recordings', 'stored', '--authorization-file', file],
      ...['--zone', 'Asia/Kolkata', '--nights', '0-6', '--picture', 'p.svg', '--json', 'f.json'],
    ];
    expect(parseBacktestArguments(words, shipped)).toMatchObject({
      ...{ prometheus: 'https://mimir.example/prometheus', days: 30, rules: ['a.yml', 'b'] },
      ...{ step: 60, readsRecordings: true, authorization: 'Bearer abc', picture: 'p.svg' },
      ...{ nights: { from: 0, to: 6 }, json: 'f.json' },
    });
  });

  test.each([
    [['--prometheus', 'localhost:9090'], /address of Prometheus.*got `localhost:9090`/],
    [['--prometheus', 'http://me:secret@a'], /without a password.*got `http:\/\/…@a`/],
    [['--days', '0'], /number of days.*got `0`/],
    [['--days', 'many'], /got `many`/],
    [['--step', '15'], /a step from `1s` to `1h`, got `15`/],
    [['--step', '500ms'], /got `500ms`/],
    [['--recordings', 'none'], /`compute` or `stored`, got `none`/],
    [['--zone', 'Berlin'], /a time zone such as `Europe\/Berlin`, got `Berlin`/],
    [['--nights', '22'], /the hours of the night.*got `22`/],
    [['--nights', '22-25'], /got `22-25`/],
    [['--authorization-file', '/nowhere'], /got `\/nowhere`/],
    [['--promtheus', 'a'], /Did you mean `--prometheus`/],
    [['http://a'], /Unexpected `http:\/\/a`/],
  ])('refuses %j with the usage', (words, message) => {
    expect(() => parseBacktestArguments(words, shipped)).toThrow(message);
    expect(() => parseBacktestArguments(words, shipped)).toThrow(usage);
  });
});
