import { z } from 'zod';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An operation of the services, and the response that it must get. */
interface Endpoint<T> {
  readonly method: Method;
  /** From the root of the service; `:id` is in the request. */
  readonly path: string;
  readonly answer: z.ZodType<T>;
  readonly expected: number;
  /** Instead of the client's own. */
  readonly timeoutMs?: number;
}

type Differences = Partial<Pick<Endpoint<unknown>, 'expected' | 'timeoutMs'>>;

/** Any body, or none. */
const anything = z.unknown();

function endpointOf(method: Method) {
  return <T = unknown>(
    path: string,
    answer: z.ZodType<T> = anything as z.ZodType<T>,
    differences: Differences = {},
  ): Endpoint<T> => ({ method, path, answer, expected: 200, ...differences });
}
const get = endpointOf('GET');
const post = endpointOf('POST');
const put = endpointOf('PUT');
const remove = endpointOf('DELETE');

const created = { expected: 201 };
const noContent = { expected: 204 };
// Long enough for the alerts on slow captures and on a slow object store.
const slowProcessor = { timeoutMs: 20_000 };
const slowStore = { timeoutMs: 30_000 };
// Two models in turn, each with its own timeout; the gateway's timeout is a minute.
const slowModels = { timeoutMs: 65_000 };

const anyList = z.object({ items: z.array(z.unknown()) });
const anyone = z.object({ id: z.string() });
const restaurant = z.object({
  id: z.string(),
  dishes: z.array(z.object({ id: z.string(), priceCents: z.number() })).min(1),
});
const order = z.object({
  id: z.string(),
  customerId: z.string(),
  status: z.string(),
  version: z.number(),
  totalCents: z.number(),
});
const payment = z.object({ id: z.string(), status: z.string(), amountCents: z.number() });
const assignment = z.object({
  id: z.string(),
  orderId: z.string(),
  status: z.string(),
  offeredAt: z.string(),
});
const tokens = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresInSeconds: z.number().positive(),
  user: z.object({ id: z.string() }),
});
const session = z.object({ id: z.string(), deviceId: z.string(), isCurrent: z.boolean() });
const message = z.object({ id: z.string(), text: z.string() });

const api = '/api/v1';
const auth = `${api}/auth`;
const me = `${api}/users/me`;

/** The operations of the gateway and of the SMS stand-in that visits use. */
export const endpoints = {
  list_restaurants: get(`${api}/restaurants`, z.object({ items: z.array(anyone).min(1) })),
  read_restaurant: get(`${api}/restaurants/:id`, restaurant),
  search: get(`${api}/search`, z.object({ items: z.array(anyone) })),
  register: post(`${auth}/register`, z.object({ registrationId: z.string() }), created),
  /** The messages, newest first. */
  read_message: get('/sms/messages', z.object({ messages: z.array(message) })),
  verify: post(`${auth}/verify`, tokens),
  log_in: post(`${auth}/login`, tokens),
  refresh: post(`${auth}/refresh`, tokens),
  log_out: post(`${auth}/logout`, anything, noContent),
  list_sessions: get(`${auth}/sessions`, z.object({ items: z.array(session) })),
  end_session: remove(`${auth}/sessions/:id`, anything, noContent),
  list_logins: get(`${auth}/logins`, anyList),
  change_password: put(`${auth}/password`, anything, noContent),
  /** The fault `failedLogins`. */
  guess_password: post(`${auth}/login`),
  read_profile: get(me, anyone),
  change_profile: endpointOf('PATCH')(me, anyone),
  read_privacy: get(`${me}/privacy`),
  change_privacy: put(`${me}/privacy`),
  read_user: get(`${api}/users/:id`, anyone),
  list_blocked: get(`${me}/blocked`, anyList),
  block: put(`${me}/blocked/:id`, anything, noContent),
  unblock: remove(`${me}/blocked/:id`, anything, noContent),
  create_order: post(`${api}/orders`, order, created),
  list_orders: get(
    `${api}/orders`,
    z.object({ items: z.array(order.extend({ updatedAt: z.string() })) }),
  ),
  read_order: get(
    `${api}/orders/:id`,
    order.extend({ assignment: z.object({ id: z.string(), status: z.string() }).nullable() }),
  ),
  change_order: post(`${api}/orders/:id/transitions`, order),
  read_wallet: get(`${api}/wallet`, z.object({ balanceCents: z.number() })),
  create_payment: post(`${api}/orders/:id/payments`, payment, created),
  capture_payment: post(`${api}/payments/:id/capture`, payment, slowProcessor),
  refund_payment: post(
    `${api}/payments/:id/refunds`,
    z.object({ id: z.string(), status: z.string() }),
    { ...created, ...slowProcessor },
  ),
  list_assignments: get(`${api}/assignments`, z.object({ items: z.array(assignment) })),
  accept_assignment: post(`${api}/assignments/:id/accept`, assignment),
  pick_up: post(`${api}/assignments/:id/pickup`, assignment),
  deliver: post(`${api}/assignments/:id/deliver`, assignment),
  upload: post(`${api}/attachments`, z.object({ id: z.string(), size: z.number() }), {
    ...created,
    ...slowStore,
  }),
  download: get(`${api}/attachments/:id`, anything, slowStore),
  ask_assistant: post(
    `${api}/assistant/questions`,
    z.object({ answer: z.string().min(1), model: z.string() }),
    slowModels,
  ),
  list_webhooks: get(`${api}/webhooks`),
  /** A path that no service has. */
  read_nothing: get('/wp-login.php'),
} as const;

export type Operation = keyof typeof endpoints;
/** The body of an operation's expected response. */
export type AnswerOf<O extends Operation> = z.output<(typeof endpoints)[O]['answer']>;

export type Restaurant = z.output<typeof restaurant>;
export type Order = z.output<typeof order>;
export type Payment = z.output<typeof payment>;
export type TokenAnswer = z.output<typeof tokens>;

export const operations = Object.keys(endpoints) as readonly Operation[];

/** Every error response. Source: the project's telemetry contract, section API errors. */
export const refusal = z.object({ statusCode: z.number(), requestId: z.string() });
