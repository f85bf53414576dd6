// `npm run doctor`: whether `docker compose up` can work here, before any container starts.
import { join } from 'node:path';
import { examineAll } from '@watchkeeper/compose/doctor';
import { readEnvironment } from '@watchkeeper/stack/settings';

const findings = await examineAll({
  root: join(import.meta.dirname, '..'),
  project: 'watchkeeper',
  environment: readEnvironment(),
});
for (const { name, faults } of findings) {
  const mark = faults === undefined ? 'skip' : faults.length === 0 ? 'ok' : 'FAIL';
  console.log(`${mark.padEnd(4)} ${name}`);
  for (const fault of faults ?? []) console.log(`     ${fault.replaceAll('\n', '\n     ')}`);
}
process.exitCode = findings.some(({ faults = [] }) => faults.length > 0) ? 1 : 0;
