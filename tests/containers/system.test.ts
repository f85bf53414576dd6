import { afterAll, beforeAll, describe, jest, test } from '@jest/globals';
import { describeAttacks } from '../attacks/subjects/all.ts';
import { createAttackTarget } from './attack-target.ts';
import { createContext } from './context.ts';
import { findMachine } from './machine.ts';
import { describeImage } from './subjects/image.ts';
import { describeIsolation } from './subjects/isolation.ts';
import { describeLogPath } from './subjects/log-path.ts';
import { describeOutage } from './subjects/outage.ts';
import { describeRestart } from './subjects/restart.ts';
import { describeServices } from './subjects/services.ts';
import { describeSignals } from './subjects/signals.ts';
import { createSystem, type System, startTimeoutMs } from './system.ts';

// A command in a container takes seconds on a machine that others use as well.
jest.setTimeout(60_000);

const machine = await findMachine();

// Jest does not print skipped tests by default; omissions are always printed.
const say = (text: string) => process.stderr.write(`left out: ${text}\n`);

if ('reason' in machine) {
  say(`every service: ${machine.reason}`);
  test.skip(`the shipped compose files run (${machine.reason})`, () => {});
} else {
  describeSystem(await createSystem(machine));
}

function describeSystem(system: System) {
  for (const [service, reason] of system.absent) say(`${service}: ${reason}`);
  const context = createContext(system);
  describe('the shipped compose files', () => {
    beforeAll(() => system.up(), startTimeoutMs);
    afterAll(() => system.down({ removeVolumes: true }), 120_000);

    // One system for all, so the order matters: what breaks it comes last.
    describeServices(context);
    describeSignals(context);
    describeIsolation(context);
    describeAttacks(createAttackTarget(system));
    describeImage(context);
    describeLogPath(context);
    describeOutage(context);
    describeRestart(context);
  });
}
