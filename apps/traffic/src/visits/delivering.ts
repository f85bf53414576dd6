import { assignment, assignmentList } from '../target/answers.ts';
import type { Client } from '../target/client.ts';

const assignments = '/api/v1/assignments';
const longestList = 100;

/** Lists the offered assignments, or the courier's own. */
export async function listAssignments(client: Client, status: 'offered' | 'mine') {
  const { items } = await client.send({
    operation: 'list_assignments',
    ...{ path: `${assignments}?status=${status}&limit=${longestList}`, answer: assignmentList },
  });
  return items;
}

/** False if another courier was faster or the order was cancelled. */
export async function acceptAssignment(client: Client, id: string): Promise<boolean> {
  const accepted = await client.attempt({
    ...{ operation: 'accept_assignment', method: 'POST', path: `${assignments}/${id}/accept` },
    ...{ refusals: [409], answer: assignment },
  });
  return accepted !== undefined;
}

/** Picks the order up, or delivers it. */
export async function advanceAssignment(client: Client, id: string, step: 'pickup' | 'deliver') {
  await client.send({
    operation: step === 'pickup' ? 'pick_up' : 'deliver',
    ...{ method: 'POST', path: `${assignments}/${id}/${step}`, answer: assignment },
  });
}
