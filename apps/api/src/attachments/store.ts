import type { Caller } from '@watchkeeper/galley';
import type { Pool } from 'pg';

/** The metadata of an attachment. */
export interface Attachment {
  readonly id: string;
  readonly ownerId: string;
  readonly orderId: string | null;
  readonly fileName: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: Buffer;
}

export type AttachmentIndex = ReturnType<typeof createAttachmentIndex>;

export function createAttachmentIndex(pool: Pool) {
  return {
    async insert(attachment: Attachment): Promise<void> {
      const { id, ownerId, orderId, fileName, contentType, sizeBytes, sha256 } = attachment;
      await pool.query(
        `INSERT INTO attachments.attachments
           (id, owner_id, order_id, file_name, content_type, size_bytes, sha256)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [id, ownerId, orderId, fileName, contentType, sizeBytes, sha256],
      );
    },
    async find(id: string): Promise<Attachment | undefined> {
      const { rows } = await pool.query<Attachment>(
        `SELECT id, owner_id AS "ownerId", order_id AS "orderId", file_name AS "fileName",
           content_type AS "contentType", size_bytes AS "sizeBytes", sha256
         FROM attachments.attachments WHERE id = $1`,
        [id],
      );
      return rows[0];
    },
    /** Total bytes of a user's attachments. */
    async sizeOf(ownerId: string): Promise<number> {
      const { rows } = await pool.query<{ size: string }>(
        `SELECT coalesce(sum(size_bytes), 0) AS size FROM attachments.attachments
         WHERE owner_id = $1`,
        [ownerId],
      );
      return Number(rows[0]?.size);
    },
    /** Whether a user may see an order: restaurants and admins see all. */
    async mayReadOrder({ userId, roles }: Caller, orderId: string): Promise<boolean> {
      const seesAll = roles.some((role) => role === 'restaurant' || role === 'admin');
      const { rowCount } = await pool.query(
        'SELECT FROM orders.orders WHERE id = $1 AND ($3 OR customer_id = $2 OR courier_id = $2)',
        [orderId, userId, seesAll],
      );
      return rowCount === 1;
    },
  };
}
