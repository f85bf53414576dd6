import { assignment, assignmentList } from '../target/answers.ts';
import type { Client } from '../target/client.ts';

const assignments = '/api/v1/assignments';
const longestList = 100;

/** Lists what any courier may take, or what one has in hand. */
export async function listAssignments(client: Client, status: 'offered' | 'mine') {
  const { items } = await client.send({
    operation: 'list_assignments',
    path: `${assignments}?status=${status}&limit=${longestList}`,
    ...{ expected: 200, answer: assignmentList },
  });
  return items;
}

/** Takes a delivery; false where another courier was faster, or the order was cancelled. */
export async function acceptAssignment(client: Client, id: string): Promise<boolean> {
  const accepted = await client.attempt({
    ...{ operation: 'accept_assignment', method: 'POST', path: `${assignments}/${id}/accept` },
    ...{ expected: 200, refusals: [409], answer: assignment },
  });
  return accepted !== undefined;
}

/** Says that the food is with the courier. */
export async function pickUp(client: Client, id: string): Promise<void> {
  await client.send({
    ...{ operation: 'pick_up', method: 'POST', path: `${assignments}/${id}/pickup` },
    ...{ expected: 200, answer: assignment },
  });
}

/** Says that the food is with the customer. */
export async function deliver(client: Client, id: string): Promise<void> {
  await client.send({
    ...{ operation: 'deliver', method: 'POST', path: `${assignments}/${id}/deliver` },
    ...{ expected: 200, answer: assignment },
  });
}
