import { afterAll, beforeAll } from '@jest/globals';
import { type Answer, type Call, createClient } from './call.ts';
import { type ApiOptions, type RunningApi, startApi } from './running-api.ts';
import { startSmsProvider, type TestSmsProvider } from './sms-provider.ts';

/** The password that every user of a test has. */
export const password = 'correct horse battery';

/** An api whose users can really register. */
export interface AccountFixture {
  readonly api: RunningApi;
  readonly sms: TestSmsProvider;
  readonly call: Call;
  /** Registers and verifies; the answer is that of `POST /auth/verify`. */
  join(phone: string, device?: object): Promise<Answer>;
  register(phone: string, more?: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts an api and the SMS provider that its codes go to. */
export async function startAccounts({ environment, ...rest }: ApiOptions = {}) {
  const sms = await startSmsProvider();
  const api = await startApi({
    ...rest,
    environment: { SMS_URL: sms.url, SMS_PER_ADDRESS: '1000', ...environment },
  });
  const call = createClient(api.base);
  const register = (phone: string, more: object = {}) =>
    call('POST', '/auth/register', { phone, password, displayName: 'Ada', ...more });
  const fixture: AccountFixture = {
    api,
    sms,
    call,
    register,
    async join(phone, device = {}) {
      const { registrationId } = (await register(phone)).body;
      const code = await sms.codeOf(phone);
      return await call('POST', '/auth/verify', { phone, registrationId, code, ...device });
    },
    async stop() {
      await api.stop();
      sms.stop();
    },
  };
  return fixture;
}

/** Starts them before the tests of a file, and stops them after. */
export function useAccounts(options: ApiOptions = {}): AccountFixture {
  const fixture = {} as AccountFixture;
  beforeAll(async () => {
    Object.assign(fixture, await startAccounts(options));
  }, 120_000);
  afterAll(() => fixture.stop());
  return fixture;
}

let numbers = 0;

/** A number nobody else in the test has, of San Francisco. */
export function newPhone(): string {
  numbers += 1;
  return `+1415${2_000_000 + numbers}`;
}
