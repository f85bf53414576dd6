import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { createNativeTarget } from './native-target.ts';
import { describeAttacks } from './subjects/all.ts';
import { describeDatabase } from './subjects/database.ts';
import { describeMachine } from './subjects/machine.ts';

// On a fresh machine the first start fetches the tools from Debian's archive.
const startTimeoutMs = 300_000;
jest.setTimeout(60_000);

describe('attacks on native mode', () => {
  const target = createNativeTarget();
  beforeAll(() => target.start(), startTimeoutMs);
  afterAll(() => target.stop(), 60_000);

  describeAttacks(target);
  describeMachine(target);
  // The last one: it looks at what all others had the services do.
  describeDatabase(target);
});
