import { expect, test } from '@jest/globals';
import { createMailbox } from './mailbox.ts';

const isAny = () => true;
const pong = { at: '2026-11-21T00:00:00Z' };

test('delivers each message to its waiter with the latency', async () => {
  let nowMs = 0;
  const mailbox = createMailbox(() => nowMs);
  const first = mailbox.expect('pong', isAny, 60_000);
  const other = mailbox.expect('pong', ({ at }) => at === 'never', 20);
  nowMs = 7;
  mailbox.deliver('pong', pong);
  expect(await first).toEqual({ data: pong, waitMs: 7 });
  await expect(other).rejects.toMatchObject({
    name: 'MissedMessageError',
    message: 'Expected a message `pong` within 20 ms, got none.',
  });
});

test('rejects all waiters when it is closed', async () => {
  const mailbox = createMailbox(() => 0);
  const before = mailbox.expect('pong', isAny, 3_600_000);
  mailbox.close();
  const after = mailbox.expect('pong', isAny, 3_600_000);
  for (const wait of [before, after]) {
    await expect(wait).rejects.toMatchObject({ name: 'MissedMessageError' });
  }
});
