import { afterEach, expect, jest, test } from '@jest/globals';
import { idGenerator } from './id-generator.ts';

afterEach(() => void jest.restoreAllMocks());

test('generates unique ids of the length in W3C Trace Context', () => {
  const ids = Array.from({ length: 1_000 }, () => idGenerator.generateTraceId());
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(idGenerator.generateSpanId()).toMatch(/^[0-9a-f]{16}$/);
});

test('uses every random bit', () => {
  jest.spyOn(Math, 'random').mockReturnValue(1 - 2 ** -33);
  expect(idGenerator.generateSpanId()).toBe('f'.repeat(16));
});

test('makes no id of zeros only, which would be invalid', () => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  expect(idGenerator.generateTraceId()).toBe(`${'0'.repeat(31)}1`);
  expect(idGenerator.generateSpanId()).toBe(`${'0'.repeat(15)}1`);
});
