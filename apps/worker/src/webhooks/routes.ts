import { idOf, notFound, orNotFound, validate } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { page } from '../http/schema.ts';
import { isAcceptableUrl, type PrivateHosts } from './address-guard.ts';
import {
  deliveryQuery,
  findDelivery,
  listDeliveries,
  redriveDeliveries,
  redriveDelivery,
} from './deliveries.ts';
import { webhookEventTypes } from './handler.ts';
import { createSubscription, listSubscriptions, removeSubscription } from './subscriptions.ts';

interface WebhookOptions {
  readonly pool: Pool;
  readonly privateHosts: PrivateHosts;
  readonly wakeWebhooks: () => void;
}

const types = z.array(z.enum(webhookEventTypes)).min(1).max(webhookEventTypes.length);
const newSubscription = z.strictObject({
  url: z.string().max(2_000),
  eventTypes: types.transform((requested) => [...new Set(requested)]),
  description: z
    .string()
    .max(200)
    .regex(/^\P{Cc}*$/u, 'Expected one line of text.')
    .default(''),
});
const listQuery = z.strictObject(page);
const redriveQuery = z.strictObject({ subscriptionId: z.uuid().optional() });

/** `/api/v1/webhooks`: subscriptions and their deliveries. */
export function webhookRoutes(options: WebhookOptions, guards: readonly RequestHandler[]): Router {
  const router = Router();
  addDeliveryRoutes(router, options, guards);
  addSubscriptionRoutes(router, options, guards);
  return router;
}

function addSubscriptionRoutes(
  router: Router,
  { pool, privateHosts }: WebhookOptions,
  guards: readonly RequestHandler[],
): void {
  router.post('/', ...guards, async (request, response) => {
    const requested = validate(newSubscription, request.body, 'body');
    if (!isAcceptableUrl(requested.url, privateHosts)) {
      const message = 'Expected a public address of http or https.';
      throw new HttpError(422, 'Expected valid values for `body.url`.', {
        code: 'webhook_url_refused',
        validationErrors: [{ field: 'body.url', message }],
      });
    }
    response.status(201).json(await createSubscription(pool, requested));
  });
  router.get('/', ...guards, async (request, response) => {
    const { limit, after } = validate(listQuery, request.query, 'query');
    const items = await listSubscriptions(pool, limit, after);
    response.json({ items, next: items.length === limit ? items.at(-1)?.id : undefined });
  });
  router.delete('/:id', ...guards, async (request, response) => {
    const id = idOf(request);
    if (!(await removeSubscription(pool, id))) throw notFound('subscription', id);
    response.status(204).end();
  });
}

function addDeliveryRoutes(
  router: Router,
  { pool, wakeWebhooks }: WebhookOptions,
  guards: readonly RequestHandler[],
): void {
  router.get('/deliveries', ...guards, async (request, response) => {
    const query = validate(deliveryQuery, request.query, 'query');
    const items = await listDeliveries(pool, query);
    response.json({ items, next: items.length === query.limit ? items.at(-1)?.id : undefined });
  });
  router.post('/deliveries/redrive', ...guards, async (request, response) => {
    const { subscriptionId } = validate(redriveQuery, request.query, 'query');
    const redriven = await redriveDeliveries(pool, subscriptionId);
    wakeWebhooks();
    response.status(202).json({ redriven });
  });
  router.post('/deliveries/:id/redrive', ...guards, async (request, response) => {
    const id = idOf(request);
    const redriven = await redriveDelivery(pool, id);
    if (redriven === undefined) {
      const { status } = orNotFound(await findDelivery(pool, id), 'delivery', id);
      const message = 'Only a dead delivery can be redriven.';
      throw new BusinessRuleError('DELIVERY_NOT_DEAD', message, { status });
    }
    wakeWebhooks();
    response.status(202).json(redriven);
  });
}
