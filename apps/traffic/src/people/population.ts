import type { Common } from '../common.ts';
import type { Configuration } from '../config.ts';
import type { Random } from '../random.ts';
import { type Account, accountOf, pickRole, sessionOf } from './account.ts';
import { personOf, type Role } from './person.ts';
import type { SignIn } from './sign-in.ts';

export type Population = ReturnType<typeof createPopulation>;

interface PopulationParts extends Common {
  readonly signIn: SignIn;
  readonly inTrace: <T>(name: string, run: () => Promise<T>) => Promise<T>;
  readonly onReady: (accounts: number) => void;
}

// Longer than the thirty seconds between two codes.
const retryMs = 40_000;
// After a long pause everybody needs one.
const refreshesAtOnce = 5;

/** Creates the population, signed out. */
export function createPopulation(parts: PopulationParts) {
  const accounts = createAccounts(parts.configuration);
  const advance = createSessionKeeper(parts, accounts);
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  reportAccounts(parts.metrics, accounts);

  function plan(): void {
    timer = setTimeout(async () => {
      if (parts.isOpen()) {
        await advance();
        if (!isReady && accounts.every(isSignedIn)) {
          isReady = true;
          parts.onReady(accounts.length);
        }
      }
      if (timer !== undefined) plan();
    }, 1_000 / parts.configuration.signUpsPerSecond);
  }

  return {
    accounts,
    /** A signed-in person of a role, if any. */
    pick: (role: Role, random: Random) => pickRole(accounts.filter(isSignedIn), role, random),
    /** Signs everybody in, one after the other, and keeps their tokens fresh. */
    start: plan,
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

const isSignedIn = ({ session }: Account) => session !== undefined;

/** Returns the function that refreshes a few sessions that are due, and signs in one person. */
function createSessionKeeper(
  { signIn, log, inTrace, now }: PopulationParts,
  accounts: readonly Account[],
): () => Promise<void> {
  const retryAtMs = new Map<Account, number>();

  async function attempt(account: Account, name: string, run: () => Promise<void>) {
    try {
      await inTrace(name, run);
    } catch (err) {
      retryAtMs.set(account, now() + retryMs);
      const fields = { role: account.role, retry_ms: retryMs, err };
      log('warn', 'traffic_sign_in_failed', 'sign-in failed', fields);
    }
  }

  async function refresh(account: Account): Promise<void> {
    const answer = await signIn.refresh(account.session?.refreshToken ?? '');
    account.session = answer && sessionOf(answer, now());
  }

  async function admit(account: Account): Promise<void> {
    const known = account.isRegistered ? await signIn.logIn(account) : undefined;
    account.session = sessionOf(known ?? (await signIn.register(account)), now());
    account.isRegistered = true;
  }

  return async () => {
    const due = accounts.filter((account) => (retryAtMs.get(account) ?? 0) <= now());
    const stale = due.filter(
      ({ session }) => session !== undefined && session.refreshAtMs <= now(),
    );
    for (const account of stale.slice(0, refreshesAtOnce)) {
      await attempt(account, 'refresh', () => refresh(account));
    }
    const next = due.find((account) => !isSignedIn(account));
    if (next !== undefined) await attempt(next, 'sign_up', () => admit(next));
  };
}

/** Interleaves the roles, so that the first few can already deliver an order. */
function createAccounts({ seed, sizes }: Configuration): readonly Account[] {
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
      const signedIn = ofRole.filter(isSignedIn).length;
      gauge.set(signedIn, { role, state: 'signed_in' });
      gauge.set(ofRole.length - signedIn, { role, state: 'signed_out' });
    }
  });
}
