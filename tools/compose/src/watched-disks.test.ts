import { expect, test } from '@jest/globals';
import { unwatchedDisks } from './watched-disks.ts';

const available = (fstype: string, mountpoint: string) =>
  `node_filesystem_avail_bytes{device="d",device_error="",fstype="${fstype}",mountpoint="${mountpoint}"} 1e+10\n`;
const failed =
  'node_filesystem_device_error{device="/dev/vda",fstype="ext4",mountpoint="/etc/hosts"} 1\n';

test.each([
  ['the disk of the volumes', failed + available('ext4', '/volumes')],
  ['a disk beside one in memory', available('tmpfs', '/tmp') + available('xfs', '/volumes')],
])('says nothing with %s', (_, metrics) => {
  expect(unwatchedDisks(metrics)).toBeUndefined();
});

test.each([
  ['no file system', failed],
  ['one in memory', available('tmpfs', '/tmp')],
  ['that of a container alone', available('overlay', '/volumes')],
])('names the profile with %s', (_, metrics) => {
  expect(unwatchedDisks(metrics)).toMatch(
    /^Disks: none is watched.*COMPOSE_PROFILES=host npm start/,
  );
});
