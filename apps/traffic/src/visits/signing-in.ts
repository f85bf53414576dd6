import { type Account, accountOf, sessionOf } from '../people/account.ts';
import { newcomerOf, strangersPhone } from '../people/person.ts';
import { anyList, sessionList } from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import { readProfile } from './account.ts';
import { orderAs } from './order.ts';
import type { Stage } from './stage.ts';

const auth = '/api/v1/auth';
const wrongPasswordShare = 0.3;
const wrongNumberShare = 0.1;
const endedByPhoneShare = 0.3;
const newPasswordShare = 0.15;

/** A customer logs in on a tablet, some after a wrong password, and logs out. */
export async function signInAgain(stage: Stage): Promise<void> {
  const { random } = stage;
  const owner = stage.pick('customer');
  const tablet = stage.signInFrom('Tablet');
  if (random.isChance(wrongNumberShare)) {
    const phone = strangersPhone(stage.configuration.seed, random.integer(0, 999));
    return failLogIn(stage, { phone, password: 'not-the-password' });
  }
  if (random.isChance(wrongPasswordShare)) {
    await failLogIn(stage, { phone: owner.phone, password: `${owner.password}x` });
  }
  const answer = await tablet.logIn(owner);
  if (answer === undefined) return;
  const client = stage.as({ ...owner, session: sessionOf(answer, 0) });
  await readProfile(client);
  const logins = { operation: 'list_logins', path: `${auth}/logins?limit=5` } as const;
  await client.send({ ...logins, answer: anyList });
  if (random.isChance(endedByPhoneShare)) await endSession(stage.as(owner), tablet.deviceId);
  else await logOut(client);
}

async function failLogIn({ stranger }: Stage, body: { phone: string; password: string }) {
  const login = { operation: 'log_in', method: 'POST', path: `${auth}/login`, body } as const;
  // 423 after too many attempts.
  await stranger.attempt({ ...login, expected: 401, refusals: [423] });
}

/** Ends the tablet's session from the phone. */
async function endSession(client: Client, deviceId: string): Promise<void> {
  const list = { operation: 'list_sessions', path: `${auth}/sessions`, expected: 200 } as const;
  const { items } = await client.send({ ...list, answer: sessionList });
  const session = items.find((each) => each.deviceId === deviceId);
  if (session === undefined) return;
  await client.send({
    ...{ operation: 'end_session', method: 'DELETE', path: `${auth}/sessions/${session.id}` },
    expected: 204,
  });
}

async function logOut(client: Client): Promise<void> {
  await client.send({
    ...{ operation: 'log_out', method: 'POST', path: `${auth}/logout`, expected: 204 },
  });
}

/** A new customer signs up, orders once with the welcome credit, and logs out. */
export async function welcomeNewcomer(stage: Stage): Promise<void> {
  const { random, configuration } = stage;
  // The numbers are reused after a while: then it is a returning customer.
  const person = newcomerOf(configuration.seed, random.integer(0, 1_999));
  const newcomer: Account = accountOf(person);
  await stage.scene('newcomer', async () => {
    const answer = await stage.signInFrom('Phone').register(person);
    newcomer.session = sessionOf(answer, 0);
    await readProfile(stage.as(newcomer));
  });
  const isNew = !random.isChance(newPasswordShare);
  if (isNew) await orderAs(stage, newcomer, 'wallet');
  await stage.scene('leave', async () => {
    const client = stage.as(newcomer);
    if (!isNew) await confirmPassword(client, person.password);
    await logOut(client);
  });
}

/** Sets the same password, so that a returning customer still knows it. */
async function confirmPassword(client: Client, password: string): Promise<void> {
  await client.send({
    ...{ operation: 'change_password', method: 'PUT', path: `${auth}/password` },
    ...{ body: { currentPassword: password, newPassword: password }, expected: 204 },
  });
}
