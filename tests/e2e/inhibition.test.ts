// Inhibition by the shipped configuration.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { critical, newJob, useNotifyingStack, warning } from './notifying-stack.ts';

const people = useNotifyingStack();

/** Sends the cause, waits for its notification, then sends the symptom; returns its notified alerts. */
async function notifiedSymptoms(
  cause: Record<string, string>,
  symptom: Record<string, string>,
): Promise<string[]> {
  await people.send(cause);
  await waitUntil('the cause', async () =>
    (await people.recordOf(cause.job ?? '')).some(({ status }) => status === 'firing'),
  );
  const witness = newJob();
  await people.send(symptom);
  await people.send({ ...symptom, alertname: 'Witness', job: witness });
  // It is sent after the symptom, so that the symptom would have arrived before it.
  await waitUntil('the witness', async () => (await people.messagesOf(witness)).length >= 2);
  await people.recordIs(witness, 'firing');
  await sleep(500);
  const record = await people.recordOf(symptom.job ?? '');
  const kept = record.filter(({ labels }) => labels.alertname === symptom.alertname);
  await people.send(cause, { isOver: true });
  await people.send(symptom, { isOver: true });
  return kept.map(({ labels }) => labels.alertname ?? '');
}

test.each([
  ['a service that is down mutes its symptoms', 'ServiceDown', 'HighErrorRate', 'critical', []],
  [
    'but not wrong data',
    'ServiceDown',
    'LedgerInvariantViolated',
    'critical',
    ['LedgerInvariantViolated'],
  ],
  [
    'an exhausted pool mutes that it is high',
    'DatabasePoolExhausted',
    'DatabasePoolHigh',
    'warning',
    [],
  ],
  [
    'a disk that is nearly full mutes its forecast',
    'HostDiskNearlyFull',
    'HostDiskFilling',
    'warning',
    [],
  ],
  ['a fast burn mutes the slow one', 'ErrorBudgetBurnFast', 'ErrorBudgetBurnSlow', 'warning', []],
  ['errors mute no latency', 'HighErrorRate', 'HighLatency', 'warning', ['HighLatency']],
])(
  '%s',
  async (_, cause, symptom, severity, notified) => {
    const job = newJob();
    expect(
      await notifiedSymptoms(critical(job, cause), { ...critical(job, symptom), severity }),
    ).toEqual(notified);
  },
  120_000,
);

test('a service that is down mutes nothing of another', async () => {
  const symptom = critical(newJob());
  expect(await notifiedSymptoms(critical(newJob(), 'ServiceDown'), symptom)).toEqual([
    'HighErrorRate',
  ]);
}, 120_000);

test('a service that is down mutes the errors of one that needs it, and of no other', async () => {
  const cause = critical('api', 'ServiceDown');
  expect(await notifiedSymptoms(cause, critical('gateway'))).toEqual([]);
  expect(await notifiedSymptoms(cause, critical('oncall'))).toEqual(['HighErrorRate']);
}, 120_000);

test.each([
  ['api-availability', []],
  ['api-latency', ['ErrorBudgetBurnFast']],
])(
  'errors mute the burning budget of %s: %j is left',
  async (slo, notified) => {
    const job = newJob();
    const symptom = { ...critical(job, 'ErrorBudgetBurnFast'), slo };
    expect(await notifiedSymptoms(critical(job), symptom)).toEqual(notified);
  },
  120_000,
);

const databaseDown = (database: string) => ({
  ...critical(`exporter-of-${database}`, 'PostgresDown'),
  database,
});

test.each(['DatabasePoolWait', 'SlowQueryBurst', 'PostgresConnectionsHigh', 'HighLatency'])(
  'a database that is down mutes %s of the jobs that depend on it',
  async (symptom) => {
    const database = newJob();
    const muted = { ...warning(newJob(), symptom), database };
    expect(await notifiedSymptoms(databaseDown(database), muted)).toEqual([]);
  },
  120_000,
);

test.each([{ database: 'another' }, {}])(
  'a database that is down mutes no pool of a job with %j',
  async (database) => {
    const symptom = { ...critical(newJob(), 'DatabasePoolExhausted'), ...database };
    expect(await notifiedSymptoms(databaseDown(newJob()), symptom)).toEqual([
      'DatabasePoolExhausted',
    ]);
  },
  120_000,
);

test('a database of no known name that is down mutes nothing of others', async () => {
  const cause = critical(newJob(), 'PostgresDown');
  const symptom = critical(newJob(), 'DatabasePoolExhausted');
  expect(await notifiedSymptoms(cause, symptom)).toEqual(['DatabasePoolExhausted']);
}, 120_000);

test('an instance that is down mutes nothing of its service', async () => {
  const job = newJob();
  const cause = { ...warning(job, 'InstanceDown'), instance: 'b:9090' };
  expect(await notifiedSymptoms(cause, critical(job))).toEqual(['HighErrorRate']);
}, 120_000);
