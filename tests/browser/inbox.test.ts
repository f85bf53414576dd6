import { expect, test } from '@jest/globals';
import { breakPolicy, findFaintTexts, findSmallTargets, isInWindow, overflow } from './in-page.js';
import { describeInbox } from './inbox-fixture.ts';
import { alert, heartbeat, hostile, minutesAgo } from './notifications.ts';
import { textOf, waitForText, waitUntilLive } from './watched-page.ts';

describeInbox('the inbox in a browser', (inbox) => {
  test('runs in a browser that reports violations of the policy', async () => {
    const { page, incidents } = await inbox.open();
    await page.evaluate(breakPolicy);
    await waitForText(page, 'Live');
    expect(incidents).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  test('escapes every text of alerts, messages and query results', async () => {
    const labels = {
      alertname: 'HighErrorRate',
      severity: 'critical',
      job: hostile,
      evil: hostile,
    };
    const annotations = { summary: hostile, description: hostile, dashboard_url: hostile };
    const entry = alert({ labels, annotations });
    await inbox.send(
      entry,
      alert({ labels: { alertname: hostile, severity: hostile }, fingerprint: 'f' }),
    );
    const fields = [
      { title: 'Alert', value: 'HighErrorRate' },
      { title: 'Service', value: hostile },
    ];
    await inbox.post('/slack/webhook', {
      attachments: [{ title: hostile, text: hostile, fields }],
    });
    const { page, incidents } = await inbox.open();
    await waitForText(page, hostile);
    await page.goto(`${inbox.origin}/messages`);
    // In Slack's markup, text in angle brackets is a link.
    await waitForText(page, 'onerror="window.hacked=1"');
    await page.goto(`${inbox.origin}/`);
    await waitUntilLive(page);
    await inbox.follow(page, 'a.open');
    await waitForText(page, hostile);
    await page.click('a.run');
    await page.waitForSelector('#result-1 td');
    expect(await textOf(page, '#result-1 td')).toContain(hostile);
    expect(await page.evaluate(isInWindow, 'hacked')).toBe(false);
    expect(await page.$$('img')).toEqual([]);
    expect(incidents).toEqual([]);
  });

  test('shows the runbook beside the alert and runs its queries by keyboard', async () => {
    await inbox.send(alert());
    const { page, incidents } = await inbox.open();
    await inbox.follow(page, 'a.open');
    expect(await textOf(page, 'h1')).toEqual(['HighErrorRate']);
    const side = await (await page.$('.side'))?.boundingBox();
    const runbook = await (await page.$('.runbook'))?.boundingBox();
    expect(runbook?.x).toBeGreaterThan((side?.x ?? 0) + (side?.width ?? 0) - 1);
    expect((await textOf(page, '.block pre'))[0]).toContain('job="api"');
    for (const [key, result] of [
      ['Enter', '#result-1'],
      ['Space', '#result-2'],
    ] as const) {
      await page.focus(`a.run[data-result="${result.slice(1)}"]`);
      await page.keyboard.press(key);
      await page.waitForSelector(`${result} table`);
    }
    expect(await textOf(page, '#result-1 td')).toContain('1.75');
    // A change of the alert leaves the reader's results where they are.
    await inbox.send(alert({ annotations: { description: 'Now 20%.' } }));
    await waitForText(page, 'Now 20%.');
    expect(await textOf(page, '#result-1 td')).toContain('1.75');
    await inbox.shoot(page, 'alert');
    expect(page.url()).toMatch(/\/alerts\/3b15fd163d36582e-\d+$/);
    expect(incidents).toEqual([]);
  });

  test('creates and expires a silence on a phone', async () => {
    await inbox.send(alert());
    const { page, incidents } = await inbox.open('/', { isPhone: true });
    await Promise.all([page.waitForNavigation(), page.click('a[href$="/silence"]')]);
    expect(await page.evaluate(findFaintTexts)).toEqual([]);
    expect(await page.evaluate(overflow)).toBe(0);
    expect(await page.evaluate(findSmallTargets)).toEqual([]);
    await page.type('form.silence input[name="author"]', 'Ada');
    await page.type('input[name="comment"]', hostile);
    await Promise.all([page.waitForNavigation(), page.click('form.silence button')]);
    await waitForText(page, 'Silenced until');
    await waitForText(page, `by Ada: ${hostile}`);
    await inbox.shoot(page, 'silence');
    expect(await page.evaluate(findFaintTexts)).toEqual([]);
    expect(await page.evaluate(overflow)).toBe(0);
    await page.type('.silenced input[name="author"]', 'Ada');
    await Promise.all([page.waitForNavigation(), page.click('.silenced button')]);
    expect(await textOf(page, '.silenced')).toEqual([]);
    expect(await page.evaluate(isInWindow, 'hacked')).toBe(false);
    expect(incidents).toEqual([]);
  });

  test('works without JavaScript', async () => {
    await inbox.send(alert());
    const { page, incidents } = await inbox.open('/', { isScripted: false });
    await Promise.all([page.waitForNavigation(), page.click('a.open')]);
    await Promise.all([page.waitForNavigation(), page.click('a.run')]);
    expect(await page.content()).toContain('1.75');
    expect(incidents).toEqual([]);
  });

  test.each([
    ['light', false],
    ['dark', true],
  ])('is readable and fits on a phone when it is %s', async (name, isDark) => {
    await inbox.post('/webhooks/heartbeat', heartbeat());
    const long = { alertname: 'SlowResponseTime', severity: 'warning', job: 'x'.repeat(120) };
    const past = { status: 'resolved', startsAt: minutesAgo(95), endsAt: minutesAgo(5) };
    await inbox.send(
      alert(),
      alert({ fingerprint: 'a', labels: { ...(alert().labels as object), job: 'gateway' } }),
      alert({ fingerprint: 'b', labels: long }),
      alert({ ...past, fingerprint: 'c', labels: { alertname: 'HighLatency', job: 'api' } }),
    );
    const fields = [
      { title: 'Alert', value: 'HighErrorRate' },
      { title: 'Service', value: 'api' },
    ];
    const text = '*More fails.*\n<http://localhost:3001/d/http|Dashboard>';
    await inbox.post('/slack/webhook', {
      attachments: [{ title: '[FIRING:2] HighErrorRate · api', text, fields }],
    });
    for (const isPhone of [true, false]) {
      const { page, incidents } = await inbox.open('/', { isPhone, isDark });
      const device = isPhone ? 'phone' : 'desk';
      await inbox.shoot(page, `list-${device}-${name}`);
      expect(await page.evaluate(findFaintTexts)).toEqual([]);
      expect(await page.evaluate(overflow)).toBe(0);
      await inbox.follow(page, 'a.open');
      await page.click('a.run');
      await page.waitForSelector('#result-1 table');
      await page.click('details summary');
      await inbox.shoot(page, `alert-${device}-${name}`);
      expect(await page.evaluate(findFaintTexts)).toEqual([]);
      expect(await page.evaluate(overflow)).toBe(0);
      expect(await page.evaluate(findSmallTargets)).toEqual([]);
      expect(incidents).toEqual([]);
    }
  });
});
