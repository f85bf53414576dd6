import { expect, test } from '@jest/globals';
import { fillVariables } from './variables.ts';

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
  ['up{job="$job"}', {}, 'The alert lacks the label `job` of this query.'],
  [
    'up{job="$job", instance="$instance"}',
    {},
    'The alert lacks the label `job`, `instance` of this query.',
  ],
  // A property of every object, not a label.
  ['up{job="$constructor"}', {}, 'The alert lacks the label `constructor` of this query.'],
  [
    'sum by ($name) (up)',
    { name: 'job) (up) or vector(1' },
    'The value of label `name` is not safe in this query.',
  ],
  [
    '{a="b"} |= `$name`',
    { name: '` or 1' },
    'The value of label `name` is not safe in this query.',
  ],
  ['up # $name', { name: 'a\nvector(1)' }, 'The value of label `name` is not safe in this query.'],
])('refuses to fill %j with %j', (code, labels, problem) => {
  expect(fillVariables(code, labels)).toEqual({ problem });
});

test('names each variable once', () => {
  expect(fillVariables('a{x="$job", y="$job", z="$le_2"}', {})).toEqual({
    problem: 'The alert lacks the label `job`, `le_2` of this query.',
  });
});
