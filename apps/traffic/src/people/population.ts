import type { Metrics } from '@watchkeeper/telemetry';
import type { trafficMetrics } from '../catalogue.ts';
import type { Sizes } from '../config.ts';
import type { Random } from '../random.ts';
import type { ThrottledLog } from '../throttled-log.ts';
import { type Account, accountOf, sessionOf } from './account.ts';
import { personOf, type Role } from './person.ts';
import type { SignIn } from './sign-in.ts';

export interface Population {
  readonly accounts: readonly Account[];
  /** A signed-in person of a role, if any. */
  pick(role: Role, random: Random): Account | undefined;
  /** Signs everybody in, one after the other, and keeps their tokens fresh. */
  start(): void;
  stop(): void;
}

interface PopulationParts {
  readonly seed: number;
  readonly sizes: Sizes;
  readonly perSecond: number;
  readonly signIn: SignIn;
  readonly metrics: Metrics<typeof trafficMetrics>;
  readonly log: ThrottledLog;
  readonly inTrace: <T>(name: string, run: () => Promise<T>) => Promise<T>;
  /** Whether people may sign in. */
  readonly isOpen: () => boolean;
  readonly onReady: (accounts: number) => void;
  /** Milliseconds on a steady clock. */
  readonly now: () => number;
}

// Longer than the thirty seconds between two codes.
const retryMs = 40_000;
// After a long pause everybody needs one.
const refreshesAtOnce = 5;

/** Creates the population, signed out. */
export function createPopulation(parts: PopulationParts): Population {
  const { signIn, metrics, log, inTrace, now } = parts;
  const accounts = createAccounts(parts.seed, parts.sizes);
  const retryAtMs = new Map<Account, number>();
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  reportAccounts(metrics, accounts);

  async function admit(account: Account): Promise<void> {
    const known = account.isRegistered ? await signIn.logIn(account) : undefined;
    account.session = sessionOf(known ?? (await signIn.register(account)), now());
    account.isRegistered = true;
  }

  async function renew(account: Account, refreshToken: string): Promise<void> {
    const answer = await signIn.refresh(refreshToken);
    account.session = answer && sessionOf(answer, now());
  }

  async function attempt(account: Account, name: string, run: () => Promise<void>) {
    try {
      await inTrace(name, run);
    } catch (err) {
      retryAtMs.set(account, now() + retryMs);
      const fields = { role: account.role, retry_ms: retryMs, err };
      log('warn', 'traffic_sign_in_failed', 'sign-in failed', fields);
    }
  }

  const isDue = (account: Account) => (retryAtMs.get(account) ?? 0) <= now();

  async function advance(): Promise<void> {
    for (const account of accounts.filter(needsRefresh).slice(0, refreshesAtOnce)) {
      const token = account.session?.refreshToken ?? '';
      await attempt(account, 'refresh', () => renew(account, token));
    }
    const next = accounts.find((account) => account.session === undefined && isDue(account));
    if (next !== undefined) await attempt(next, 'sign_up', () => admit(next));
    if (isReady || accounts.some(({ session }) => session === undefined)) return;
    isReady = true;
    parts.onReady(accounts.length);
  }

  const needsRefresh = (account: Account) =>
    account.session !== undefined && account.session.refreshAtMs <= now() && isDue(account);

  function plan(): void {
    timer = setTimeout(async () => {
      if (parts.isOpen()) await advance();
      if (timer !== undefined) plan();
    }, 1_000 / parts.perSecond);
  }

  return {
    accounts,
    pick(role, random) {
      const there = accounts.filter((each) => each.role === role && each.session !== undefined);
      return there.length === 0 ? undefined : random.pick(there);
    },
    start: plan,
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Interleaves the roles, so that the first few can already deliver an order. */
function createAccounts(seed: number, sizes: Sizes): readonly Account[] {
  const of = (role: Role, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      account: accountOf(personOf(seed, role, index)),
      position: (index + 0.5) / count,
    }));
  const all = [
    ...of('customer', sizes.customers),
    ...of('restaurant', sizes.restaurants),
    ...of('courier', sizes.couriers),
  ];
  return all.sort((a, b) => a.position - b.position).map(({ account }) => account);
}

function reportAccounts(metrics: PopulationParts['metrics'], accounts: readonly Account[]): void {
  const gauge = metrics.gauge('traffic_accounts');
  gauge.collect(() => {
    for (const role of ['customer', 'courier', 'restaurant'] as const) {
      const ofRole = accounts.filter((account) => account.role === role);
      const signedIn = ofRole.filter(({ session }) => session !== undefined).length;
      gauge.set(signedIn, { role, state: 'signed_in' });
      gauge.set(ofRole.length - signedIn, { role, state: 'signed_out' });
    }
  });
}
