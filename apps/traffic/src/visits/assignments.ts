import type { Client } from '../target/client.ts';

/** The request for the offered assignments, or for the courier's own. */
export function listRequest(status: 'offered' | 'mine') {
  return { query: { status, limit: 100 } };
}

/** False if another courier was faster or the order was cancelled. */
export async function acceptAssignment(client: Client, id: string): Promise<boolean> {
  return (await client.attempt('accept_assignment', { id, refusals: [409] })) !== undefined;
}
