import { validate } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { identity, page } from '../http/schema.ts';
import { isAcceptableUrl } from './address-guard.ts';
import { type DeliveryStore, deliveryStatuses } from './deliveries.ts';
import { webhookEventTypes } from './handler.ts';
import type { SubscriptionStore } from './subscriptions.ts';

interface WebhookRoutes {
  readonly subscriptions: SubscriptionStore;
  readonly deliveries: DeliveryStore;
  readonly isPrivateAllowed: boolean;
  readonly wakeWebhooks: () => void;
  readonly guards: readonly RequestHandler[];
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
const deliveryQuery = z.strictObject({
  ...page,
  status: z.enum(deliveryStatuses).optional(),
  subscriptionId: z.uuid().optional(),
});
const redriveQuery = z.strictObject({ subscriptionId: z.uuid().optional() });

/** `/api/v1/webhooks`: subscriptions and their deliveries. */
export function webhookRoutes(dependencies: WebhookRoutes): Router {
  const router = Router();
  addDeliveryRoutes(router, dependencies);
  addSubscriptionRoutes(router, dependencies);
  return router;
}

function addSubscriptionRoutes(
  router: Router,
  { subscriptions, isPrivateAllowed, guards }: WebhookRoutes,
): void {
  router.post('/', ...guards, async (request, response) => {
    const requested = validate(newSubscription, request.body, 'body');
    if (!isAcceptableUrl(requested.url, isPrivateAllowed)) {
      throw new HttpError(422, 'Expected valid values for `body.url`.', {
        code: 'webhook_url_refused',
        validationErrors: [
          { field: 'body.url', message: 'Expected a public address of http or https.' },
        ],
      });
    }
    response.status(201).json(await subscriptions.create(requested));
  });
  router.get('/', ...guards, async (request, response) => {
    const { limit, after } = validate(z.strictObject(page), request.query, 'query');
    const items = await subscriptions.list(limit, after);
    response.json({ items, next: items.length === limit ? items.at(-1)?.id : undefined });
  });
  router.delete('/:id', ...guards, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    if (!(await subscriptions.remove(id))) {
      throw new HttpError(404, `There is no subscription \`${id}\`.`, {
        code: 'subscription_unknown',
      });
    }
    response.status(204).end();
  });
}

function addDeliveryRoutes(router: Router, { deliveries, wakeWebhooks, guards }: WebhookRoutes) {
  router.get('/deliveries', ...guards, async (request, response) => {
    const query = validate(deliveryQuery, request.query, 'query');
    const items = await deliveries.list(query);
    response.json({ items, next: items.length === query.limit ? items.at(-1)?.id : undefined });
  });
  router.post('/deliveries/redrive', ...guards, async (request, response) => {
    const { subscriptionId } = validate(redriveQuery, request.query, 'query');
    const redriven = await deliveries.redriveAll(subscriptionId);
    wakeWebhooks();
    response.status(202).json({ redriven });
  });
  router.post('/deliveries/:id/redrive', ...guards, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const delivery = await deliveries.redrive(id);
    if (delivery === undefined) throw await redriveRefusal(deliveries, id);
    wakeWebhooks();
    response.status(202).json(delivery);
  });
}

async function redriveRefusal(deliveries: DeliveryStore, id: string): Promise<HttpError> {
  const delivery = await deliveries.find(id);
  if (delivery === undefined) {
    return new HttpError(404, `There is no delivery \`${id}\`.`, { code: 'delivery_unknown' });
  }
  return new BusinessRuleError('DELIVERY_NOT_DEAD', 'Only a dead delivery can be redriven.', {
    status: delivery.status,
  });
}
