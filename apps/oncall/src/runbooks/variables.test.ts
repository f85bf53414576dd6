import { expect, test } from '@jest/globals';
import { fillVariables, variablesOf } from './variables.ts';

const hostile = '"} or vector(1) or up{a="';

test.each([
  ['up{job="$job"}', { job: 'api' }, 'up{job="api"}'],
  ["up{job='$job'}", { job: "a'b" }, "up{job='a\\'b'}"],
  ['up{job="$job"}', { job: hostile }, 'up{job="\\"} or vector(1) or up{a=\\""}'],
  ['up{job="$job"}', { job: 'a\\' }, 'up{job="a\\\\"}'],
  ['up{job="$job"}', { job: 'a\nb\rc' }, 'up{job="a\\nb\\rc"}'],
  ['up{a="\\"$job"}', { job: '"' }, 'up{a="\\"\\""}'],
  ['{a="b"} |= `$job`', { job: 'x"y' }, '{a="b"} |= `x"y`'],
  ['# "an open quote\nup{job="$job"}', { job: '"' }, '# "an open quote\nup{job="\\""}'],
  ['topk($n, up)', { n: '5' }, 'topk(5, up)'],
  ['up{job="$job", j="$job_name"}', { job: 'a', job_name: 'b' }, 'up{job="a", j="b"}'],
  ['up{a=~"x$"}', {}, 'up{a=~"x$"}'],
])('fills %j with %j', (code, labels, expected) => {
  expect(fillVariables(code, labels)).toEqual({ code: expected });
});

test.each([
  ['up{job="$job"}', {}, 'The alert has no label `job`, which this query needs.'],
  [
    'up{job="$job", instance="$instance"}',
    {},
    'The alert has no label `job`, `instance`, which this query needs.',
  ],
  // Of an object's own making, not of the alert.
  ['up{job="$constructor"}', {}, 'The alert has no label `constructor`, which this query needs.'],
  [
    'sum by ($name) (up)',
    { name: 'job) (up) or vector(1' },
    "The alert's label `name` can't stand in this query.",
  ],
  ['{a="b"} |= `$name`', { name: '` or 1' }, "The alert's label `name` can't stand in this query."],
  ['up # $name', { name: 'a\nvector(1)' }, "The alert's label `name` can't stand in this query."],
])('refuses to fill %j with %j', (code, labels, problem) => {
  expect(fillVariables(code, labels)).toEqual({ problem });
});

test('names each variable once', () => {
  expect(variablesOf('a{x="$job", y="$job", z="$le_2"}')).toEqual(['job', 'le_2']);
});
