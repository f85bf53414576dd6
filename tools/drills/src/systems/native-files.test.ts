import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { stateFolderAt } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { changeFile } from './native-files.ts';
import { compressChange } from './replace-texts.ts';

const folder = stateFolderAt(makeTemporaryFolder('native-files'));
const common = { component: 'loki', by: 'restart', in: 'monitoring' } as const;

afterAll(removeTemporaryFolders);

test('replaces texts of a rendered file and restores it', () => {
  const path = join(folder.config, 'loki/loki.yml');
  mkdirSync(join(folder.config, 'loki'), { recursive: true });
  writeFileSync(path, 'a: 1\nb: 2\n');
  const change = { ...common, file: 'loki/loki.yml', replace: { 'a: 1': 'a: 3' } };
  const { restore, cleanup } = changeFile(folder, change);
  expect(readFileSync(path, 'utf8')).toBe('a: 3\nb: 2\n');
  expect(cleanup).toEqual({ kind: 'restore', file: path, text: 'a: 1\nb: 2\n' });
  restore();
  expect(readFileSync(path, 'utf8')).toBe('a: 1\nb: 2\n');
});

test('removes a file of its own with the folders that came with it', () => {
  const data = join(folder.data, 'prometheus');
  mkdirSync(data, { recursive: true });
  const change = { ...common, in: 'data', file: 'prometheus/01/meta.json', content: '{' } as const;
  const { restore, cleanup } = changeFile(folder, change);
  expect(readFileSync(join(data, '01/meta.json'), 'utf8')).toBe('{');
  expect(cleanup).toMatchObject({ command: 'rm', parameters: ['-rf', join(data, '01')] });
  restore();
  expect(existsSync(join(data, '01'))).toBe(false);
  expect(existsSync(data)).toBe(true);
});

test('compresses the durations that a change marks, and no others', () => {
  const change = { ...common, file: 'loki/loki.yml', replace: { 'a: 1': "a: '{{ 5s }}', b: 5s" } };
  const { replace, ...others } = compressChange(change, 4);
  expect([replace, others]).toEqual([
    { 'a: 1': "a: '1250ms', b: 5s" },
    { ...common, file: 'loki/loki.yml' },
  ]);
  const file = { ...common, file: 'loki/own.yml', content: 'wait: {{ 2m }} # {{ $labels }}' };
  expect(compressChange(file, 1).content).toBe('wait: 120s # {{ $labels }}');
});
