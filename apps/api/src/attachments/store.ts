import { execute, queryRow } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import { mayRead, type Participants } from '../orders/access.ts';
import type { Viewer } from '../staff/viewer.ts';

export interface Attachment {
  readonly id: string;
  readonly ownerId: string;
  readonly orderId: string | null;
  readonly fileName: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: Buffer;
}

export async function insertAttachment(pool: Pool, attachment: Attachment): Promise<void> {
  const { id, ownerId, orderId, fileName, contentType, sizeBytes, sha256 } = attachment;
  await execute(pool)`
    INSERT INTO attachments.attachments
      (id, owner_id, order_id, file_name, content_type, size_bytes, sha256)
    VALUES (${id}, ${ownerId}, ${orderId}, ${fileName}, ${contentType}, ${sizeBytes}, ${sha256})`;
}

export function findAttachment(pool: Pool, id: string): Promise<Attachment | undefined> {
  return queryRow<Attachment>(pool)`
    SELECT id, owner_id AS "ownerId", order_id AS "orderId", file_name AS "fileName",
      content_type AS "contentType", size_bytes AS "sizeBytes", sha256
    FROM attachments.attachments WHERE id = ${id}`;
}

/** Total bytes of a user's attachments. */
export async function sizeOfAttachments(pool: Pool, ownerId: string): Promise<number> {
  const row = await queryRow<{ size: string }>(pool)`
    SELECT coalesce(sum(size_bytes), 0) AS size FROM attachments.attachments
    WHERE owner_id = ${ownerId}`;
  return Number(row?.size);
}

/** Whether a user may see an order: its parties, the staff of its restaurant, and admins. */
export async function mayReadOrder(pool: Pool, viewer: Viewer, orderId: string): Promise<boolean> {
  const order = await queryRow<Participants>(pool)`
    SELECT customer_id AS "customerId", courier_id AS "courierId", restaurant_id AS "restaurantId"
    FROM orders.orders WHERE id = ${orderId}`;
  return order !== undefined && mayRead(viewer, order);
}
