import { setTimeout as sleep } from 'node:timers/promises';
import type { Common } from '../common.ts';
import { type Account, pickRole } from '../people/account.ts';
import type { Role } from '../people/person.ts';
import { createRandom, type Random } from '../random.ts';
import type { Connection } from './connection.ts';

/** The people who are online, each with a WebSocket. */
export type Crowd = ReturnType<typeof createCrowd>;

interface CrowdParts extends Common {
  readonly accounts: readonly Account[];
  readonly open: (
    account: Account,
    onClose: (reconnectAfterMs: number | undefined) => void,
  ) => Promise<Connection>;
}

const tickMs = 250;
// Customers leave in turn; couriers stay online.
const leaveEveryMs = 10_000;
// Jitter, so that people who lost their connections together do not reconnect together.
const reconnectMs = [500, 5_000] as const;

export function createCrowd(parts: CrowdParts) {
  const random = createRandom(parts.configuration.seed, 0xc0ffee);
  const online = new Map<Account, Connection>();
  const entrance = createEntrance(parts, online, random);
  const leaveInTurn = createTurns(parts.now, online, random);
  let room = parts.configuration.connections;
  let timer: NodeJS.Timeout | undefined;
  const gauge = parts.metrics.gauge('traffic_connections');
  gauge.collect(() => gauge.set(online.size));

  function endAll(end: (connection: Connection) => void): void {
    for (const connection of online.values()) end(connection);
  }

  function tick(): void {
    if (!parts.isOpen()) {
      endAll((connection) => connection.close());
      return;
    }
    leaveInTurn(room);
    if (online.size + entrance.openingCount() < room) entrance.admitNext();
  }

  return {
    connectionOf: (account: Account) => online.get(account),
    /** A person of a role who is online, if any. */
    pick: (role: Role, chooser: Random) => pickRole([...online.keys()], role, chooser),
    start() {
      timer = setInterval(tick, tickMs);
    },
    /** Drops this share at once, and keeps it offline until the returned function is called. */
    disconnect(share: number) {
      const leaving = [...online.values()].slice(0, Math.ceil(online.size * share));
      room = online.size - leaving.length;
      for (const connection of leaving) connection.drop();
      return () => {
        room = parts.configuration.connections;
      };
    },
    /** Closes all connections for good. */
    async stop() {
      clearInterval(timer);
      endAll((connection) => connection.close());
      // A close frame each; the responses get half a second.
      for (let waitedMs = 0; online.size > 0 && waitedMs < 500; waitedMs += 20) await sleep(20);
      endAll((connection) => connection.drop());
    },
  };
}

/** Brings people online, one at a time. */
function createEntrance(parts: CrowdParts, online: Map<Account, Connection>, random: Random) {
  const { accounts, now } = parts;
  const opening = new Set<Account>();
  const reconnectAtMs = new Map<Account, number>();
  const connects = parts.metrics.counter('traffic_connects_total');

  function stayAway(account: Account, forMs = random.integer(...reconnectMs)): void {
    online.delete(account);
    reconnectAtMs.set(account, now() + forMs);
  }

  async function admit(account: Account): Promise<void> {
    opening.add(account);
    try {
      const connection = await parts.open(account, (afterMs) => stayAway(account, afterMs));
      if (connection.isOpen) online.set(account, connection);
      connects.increment({ result: 'opened' });
    } catch (err) {
      stayAway(account);
      connects.increment({ result: 'failed' });
      parts.log('warn', 'traffic_connection_failed', 'connection failed', { err });
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

  return {
    openingCount: () => opening.size,
    admitNext(): void {
      const free = accounts.filter(isFree);
      // Couriers first, because customers chat with them.
      const couriers = free.filter(({ role }) => role === 'courier');
      const candidates = couriers.length > 0 ? couriers : free;
      if (candidates.length > 0) void admit(random.pick(candidates));
    },
  };
}

/** Sends an idle customer offline at intervals if nobody else fits in. */
function createTurns(now: () => number, online: Map<Account, Connection>, random: Random) {
  let leaveAtMs = now() + leaveEveryMs;
  return (room: number): void => {
    if (now() < leaveAtMs) return;
    leaveAtMs = now() + leaveEveryMs;
    const idle = [...online].filter(
      ([{ role }, { visits }]) => role === 'customer' && visits === 0,
    );
    if (idle.length > 0 && online.size >= room) random.pick(idle)[1].close();
  };
}
