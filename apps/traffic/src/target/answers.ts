import { z } from 'zod';

const dish = z.object({ id: z.string(), priceCents: z.number() });

/** The answer of `GET /restaurants`. */
export const restaurantList = z.object({
  items: z.array(z.object({ id: z.string() })).min(1),
});

/** The answer of `GET /restaurants/:id`. */
export const restaurant = z.object({ id: z.string(), dishes: z.array(dish).min(1) });

/** The answer of `GET /search`. */
export const searchResult = z.object({ items: z.array(z.object({ id: z.string() })) });

/** An order as the api answers it. */
export const order = z.object({
  id: z.string(),
  customerId: z.string(),
  status: z.string(),
  version: z.number(),
  totalCents: z.number(),
});

/** The answer of `GET /orders/:id`. */
export const orderDetails = order.extend({
  assignment: z.object({ id: z.string(), status: z.string() }).nullable(),
});

/** The answer of `GET /orders`. */
export const orderList = z.object({ items: z.array(order.extend({ updatedAt: z.string() })) });

/** A payment as the api answers it. */
export const payment = z.object({ id: z.string(), status: z.string(), amountCents: z.number() });

/** A refund as the api answers it. */
export const refund = z.object({ id: z.string(), status: z.string() });

/** The answer of `GET /wallet`. */
export const wallet = z.object({ balanceCents: z.number() });

/** A delivery as the api answers it. */
export const assignment = z.object({
  id: z.string(),
  orderId: z.string(),
  status: z.string(),
  offeredAt: z.string(),
});

/** The answer of `GET /assignments`. */
export const assignmentList = z.object({ items: z.array(assignment) });

/** What whoever signs in gets. */
export const tokens = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresInSeconds: z.number().positive(),
  user: z.object({ id: z.string() }),
});

/** The answer of `GET /auth/sessions`. */
export const sessionList = z.object({
  items: z.array(z.object({ id: z.string(), deviceId: z.string(), isCurrent: z.boolean() })),
});

/** The messages that the SMS provider's stand-in shows, newest first. */
export const messageList = z.object({
  messages: z.array(z.object({ id: z.string(), text: z.string() })),
});

/** The answer of `POST /attachments`. */
export const attachment = z.object({ id: z.string(), size: z.number() });

/** The answer of `POST /assistant/questions`. */
export const assistantAnswer = z.object({ answer: z.string().min(1), model: z.string() });

/** A list of which only matters that it is one. */
export const anyList = z.object({ items: z.array(z.unknown()) });

/** An object of which only matters that it has an id. */
export const anyone = z.object({ id: z.string() });

/** An answer of which only the status matters, such as one without a body. */
export const anything = z.unknown();

/** The answer of every refusal. Source: the project's telemetry contract, section API errors. */
export const refusal = z.object({ statusCode: z.number(), requestId: z.string() });

/** A restaurant with its dishes. */
export type Restaurant = z.output<typeof restaurant>;

/** An order, as far as people look at it. */
export type Order = z.output<typeof order>;

/** A payment, as far as people look at it. */
export type Payment = z.output<typeof payment>;

/** What whoever signs in gets. */
export type TokenAnswer = z.output<typeof tokens>;
