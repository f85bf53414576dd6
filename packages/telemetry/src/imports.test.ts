import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const folder = import.meta.dirname;
const manifest = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8'));

// What only tests use stays out: it is neither built nor packed.
const isBuilt = (file: string) =>
  file.endsWith('.ts') && !/\.(test|d)\.ts$|^testing\/(?!test-telemetry)/.test(file);

const imports = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(isBuilt)
  .flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const found = text.matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)';/gms);
    return [...found].map(([, type, from = '']) => ({ file, from, isType: type !== undefined }));
  });

const packageOf = (from: string) => from.split('/', from.startsWith('@') ? 2 : 1).join('/');
const foreign = imports.filter(({ from }) => !/^(\.|node:)/.test(from));

test('imports prom-client in one file', () => {
  expect(foreign.filter(({ from }) => from === 'prom-client').map(({ file }) => file)).toEqual([
    'metrics/prom-client.ts',
  ]);
});

test('takes nothing but types from its optional peers', () => {
  const peers = Object.keys(manifest.peerDependencies);
  const used = foreign.filter(({ from }) => peers.includes(packageOf(from)));
  expect(used.filter(({ isType }) => !isType)).toEqual([]);
  expect(used.map(({ from }) => from)).toContain('express');
});

test('imports only declared dependencies, none of this repository', () => {
  const declared = [manifest.dependencies, manifest.peerDependencies].flatMap(Object.keys);
  expect(foreign.filter(({ from }) => !declared.includes(packageOf(from)))).toEqual([]);
});
