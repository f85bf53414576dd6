import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { repositoryRoot } from '../state-folder.ts';
import { renderConfiguration } from './render.ts';

const to = makeTemporaryFolder('render');
const from = join(repositoryRoot, 'monitoring');

afterAll(removeTemporaryFolders);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test('the rendered files differ from the shipped ones in nothing but addresses', () => {
  const addresses = {
    'api:9090': '127.0.0.1:41001',
    'oncall:9090': '127.0.0.1:41002',
    'oncall:8025': '127.0.0.1:41003',
    'alertmanager:9093': '127.0.0.1:41004',
  };
  const folders = ['prometheus', 'alertmanager', 'no-such-folder'];
  const isAbsent = () => false;
  renderConfiguration({ from, to, folders, addresses, own: {}, isAbsent, timeFactor: 1 });

  for (const folder of ['prometheus', 'alertmanager']) {
    expect(filesIn(join(to, folder))).toEqual(filesIn(join(from, folder)));
    for (const file of filesIn(join(from, folder))) {
      const rendered = readFileSync(join(to, folder, file), 'utf8');
      const restored = Object.entries(addresses).reduce(
        (text, [shipped, here]) => text.replaceAll(here, shipped),
        rendered,
      );
      expect(restored).toBe(readFileSync(join(from, folder, file), 'utf8'));
    }
  }
  const alertmanager = readFileSync(join(to, 'alertmanager', 'alertmanager.yml'), 'utf8');
  expect(alertmanager).toContain('http://127.0.0.1:41003/webhooks/alertmanager');
});
