/** A request as an attacker sends it. */
export interface AttackRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface AttackAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A running system under attack. Its methods work once it has started; its mode is known before. */
export interface Target {
  readonly mode: 'native' | 'compose';
  /** A component's address on this machine's loopback; undefined if it has none there. */
  address(component: string): string | undefined;
  /** A request from within the system, to a component's port by its number in its container. */
  requestInside(
    component: string,
    port: number,
    path: string,
    request?: AttackRequest,
  ): Promise<AttackAnswer>;
  /** One of Galley's secrets, as its operator reads it. */
  readSecret(name: string): Promise<string>;
  /** Every line of an app's log so far, unparsed. */
  readLog(app: string): Promise<readonly string[]>;
}

/** Sends a request and reads its whole answer; follows no redirect. */
export async function send(
  base: string,
  path: string,
  { method = 'GET', headers = {}, body }: AttackRequest = {},
): Promise<AttackAnswer> {
  const response = await fetch(`${base}${path}`, {
    ...{ method, headers, redirect: 'manual' },
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

/** The public edge. */
export function edgeOf(target: Target): string {
  const address = target.address('gateway');
  if (address === undefined) throw new Error('Expected the gateway to have an address.');
  return address;
}
