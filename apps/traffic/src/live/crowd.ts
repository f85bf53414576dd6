import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '@watchkeeper/telemetry';
import type { trafficMetrics } from '../catalogue.ts';
import type { Account } from '../people/account.ts';
import type { Role } from '../people/person.ts';
import { createRandom, type Random } from '../random.ts';
import type { ThrottledLog } from '../throttled-log.ts';
import type { Connection } from './connection.ts';

/** The people who are online, each with a WebSocket. */
export interface Crowd {
  connectionOf(account: Account): Connection | undefined;
  /** A person of a role who is online, if any. */
  pick(role: Role, random: Random): Account | undefined;
  start(): void;
  /** Drops this share at once, and keeps it offline until the returned function is called. */
  disconnect(share: number): () => void;
  /** Closes all connections for good. */
  stop(): Promise<void>;
}

interface CrowdParts {
  readonly accounts: readonly Account[];
  /** How many people are online. */
  readonly size: number;
  readonly open: (
    account: Account,
    onClose: (reconnectAfterMs: number | undefined) => void,
  ) => Promise<Connection>;
  readonly seed: number;
  readonly metrics: Metrics<typeof trafficMetrics>;
  readonly log: ThrottledLog;
  /** Whether people may be online. */
  readonly isOpen: () => boolean;
  readonly now: () => number;
}

const tickMs = 250;
// Customers leave in turn; couriers stay online.
const leaveEveryMs = 10_000;
// Jitter, so that people who lost their connections together do not reconnect together.
const reconnectMs = [500, 5_000] as const;

export function createCrowd(parts: CrowdParts): Crowd {
  const { accounts, metrics, log, now } = parts;
  const random = createRandom(parts.seed, 0xc0ffee);
  const online = new Map<Account, Connection>();
  const opening = new Set<Account>();
  const reconnectAtMs = new Map<Account, number>();
  let room = parts.size;
  let timer: NodeJS.Timeout | undefined;
  let leaveAtMs = now() + leaveEveryMs;
  const connects = metrics.counter('traffic_connects_total');
  const gauge = metrics.gauge('traffic_connections');
  gauge.collect(() => gauge.set(online.size));

  function away(account: Account, forMs: number): void {
    online.delete(account);
    reconnectAtMs.set(account, now() + forMs);
  }

  async function join(account: Account): Promise<void> {
    opening.add(account);
    try {
      const connection = await parts.open(account, (afterMs) => {
        away(account, afterMs ?? random.integer(...reconnectMs));
      });
      if (connection.isOpen) online.set(account, connection);
      connects.increment({ result: 'opened' });
    } catch (err) {
      away(account, random.integer(...reconnectMs));
      connects.increment({ result: 'failed' });
      log('warn', 'traffic_connection_failed', 'connection failed', { err });
    } finally {
      opening.delete(account);
    }
  }

  const isFree = (account: Account) =>
    account.role !== 'restaurant' &&
    account.session !== undefined &&
    !online.has(account) &&
    !opening.has(account) &&
    (reconnectAtMs.get(account) ?? 0) <= now();

  /** Couriers first, because customers chat with them. */
  function chooseNext(): Account | undefined {
    const free = accounts.filter(isFree);
    const couriers = free.filter(({ role }) => role === 'courier');
    const candidates = couriers.length > 0 ? couriers : free;
    return candidates.length === 0 ? undefined : random.pick(candidates);
  }

  function leaveOne(): void {
    if (now() < leaveAtMs) return;
    leaveAtMs = now() + leaveEveryMs;
    const idle = [...online].filter(
      ([{ role }, { visits }]) => role === 'customer' && visits === 0,
    );
    if (idle.length > 0 && online.size >= room) random.pick(idle)[1].close();
  }

  function tick(): void {
    if (!parts.isOpen()) {
      dropAll((connection) => connection.close());
      return;
    }
    leaveOne();
    if (online.size + opening.size >= room) return;
    const next = chooseNext();
    if (next !== undefined) void join(next);
  }

  function dropAll(end: (connection: Connection) => void): void {
    for (const connection of online.values()) end(connection);
  }

  return {
    connectionOf: (account) => online.get(account),
    pick(role, chooser) {
      const there = [...online.keys()].filter((account) => account.role === role);
      return there.length === 0 ? undefined : chooser.pick(there);
    },
    start() {
      timer = setInterval(tick, tickMs);
    },
    disconnect(share) {
      const leaving = [...online.values()].slice(0, Math.ceil(online.size * share));
      room = online.size - leaving.length;
      for (const connection of leaving) connection.drop();
      return () => {
        room = parts.size;
      };
    },
    async stop() {
      clearInterval(timer);
      dropAll((connection) => connection.close());
      // A close frame each; the responses get half a second.
      for (let waitedMs = 0; online.size > 0 && waitedMs < 500; waitedMs += 20) await sleep(20);
      dropAll((connection) => connection.drop());
    },
  };
}
