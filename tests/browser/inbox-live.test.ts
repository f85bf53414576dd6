import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { colourOf, focusedText, isInWindow, leaveMark } from './in-page.js';
import { describeInbox } from './inbox-fixture.ts';
import { alert, endsAt, heartbeat } from './notifications.ts';
import { textOf, waitForText } from './watched-page.ts';

// For the one test that waits for it; in all others the heartbeat outlasts them.
const heartbeatTimeoutSeconds = 6;

describeInbox('an open inbox', (inbox) => {
  test('shows firing alerts and updates without a reload', async () => {
    await inbox.post('/webhooks/heartbeat', heartbeat());
    const { page, incidents } = await inbox.open();
    await waitForText(page, 'All quiet.');
    await page.evaluate(leaveMark);

    await inbox.send(alert());
    await waitForText(page, '1 alert is firing');
    expect(await page.title()).toBe('(1) On-call inbox');
    expect(await textOf(page, 'h3')).toEqual(['HighErrorRate']);
    expect(await textOf(page, '#announcer')).toEqual(['1 alert is firing 1 critical']);

    await inbox.send(alert({ status: 'resolved', endsAt }));
    await waitForText(page, 'lasted 10 min');
    expect(await textOf(page, 'h2')).toEqual(['Resolved 1']);
    expect(await page.title()).toBe('On-call inbox');
    expect(await page.evaluate(isInWindow, 'isSamePage')).toBe(true);
    expect(incidents).toEqual([]);
  });

  test('does not move a pressed link until it is released', async () => {
    await inbox.send(alert());
    const { page } = await inbox.open();
    await page.hover('a.open');
    await page.mouse.down();
    await inbox.send(alert({ fingerprint: 'another' }));
    // Long enough for the update that must not come.
    await sleep(1_500);
    await Promise.all([page.waitForNavigation(), page.mouse.up()]);
    expect(new URL(page.url()).pathname).toMatch(/^\/alerts\//);
  });

  test('shows a late and a recovered heartbeat without a reload', async () => {
    await inbox.stop();
    await inbox.start({ HEARTBEAT_TIMEOUT_SECONDS: String(heartbeatTimeoutSeconds) });
    const { page, incidents } = await inbox.open();
    await inbox.post('/webhooks/heartbeat', heartbeat());
    await waitForText(page, 'All quiet.');
    await waitForText(page, 'Alerts may not reach you.', (heartbeatTimeoutSeconds + 10) * 1_000);
    await inbox.shoot(page, 'heartbeat-late');
    expect(await page.title()).toBe('⚠ On-call inbox');
    expect(await textOf(page, '.heartbeat.late')).toEqual([
      expect.stringMatching(/No heartbeat for \d+ s, since .* UTC; late since .* UTC/),
    ]);
    const [red = 0, green = 255] = await page.$eval('.heartbeat.late', colourOf);
    expect(red).toBeGreaterThan(2 * green);
    await inbox.post('/webhooks/heartbeat', heartbeat());
    await waitForText(page, 'All quiet.');
    expect(incidents).toEqual([]);
  });

  test('keeps open details and the focus through an update', async () => {
    await inbox.send(alert());
    const fields = [
      { title: 'Alert', value: 'HighErrorRate' },
      { title: 'Service', value: 'api' },
    ];
    const message = (text: string) => ({
      attachments: [{ title: `[FIRING:1] ${text}`, text, fields }],
    });
    await inbox.post('/slack/webhook', message('first'));
    const { page } = await inbox.open('/messages');
    await page.click('summary');
    await page.focus('summary');
    await inbox.post('/slack/webhook', message('second'));
    await waitForText(page, 'second');
    expect(await textOf(page, 'details[open] .title')).toEqual(['[FIRING:1] first']);
    expect(await page.evaluate(focusedText)).toContain('first');
  });

  test('reconnects after a restart of the inbox', async () => {
    await inbox.send(alert());
    const { page } = await inbox.open();
    const port = Number(new URL(inbox.origin).port);
    await inbox.stop();
    await waitForText(page, 'Reconnecting…');
    await inbox.start({}, port);
    await waitForText(page, 'Live', 20_000);
    await inbox.send(alert({ fingerprint: 'next', labels: { alertname: 'HighLatency' } }));
    await waitForText(page, '2 alerts are firing');
  });

  test('can be paused', async () => {
    const { page } = await inbox.open();
    await page.click('#pause');
    await inbox.send(alert());
    await sleep(1_500);
    expect(await textOf(page, 'h3')).toEqual([]);
    await page.click('#pause');
    await waitForText(page, '1 alert is firing');
  });
});
