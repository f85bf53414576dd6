import type { Stage } from './stage.ts';

const questions = [
  'When will my order be here?',
  'How do I cancel?',
  'A dish was missing. What now?',
  'Does the soup contain nuts?',
  'Why was my card charged twice?',
] as const;

/** Half of the questions are about the customer's latest order. */
export async function askAssistant(stage: Stage): Promise<void> {
  const { random } = stage;
  const client = stage.as(stage.pick('customer'));
  const { items } = await client.send('list_orders', { query: { limit: 1 } });
  const orderId = random.isChance(0.5) ? items[0]?.id : undefined;
  await client.send('ask_assistant', { body: { question: random.pick(questions), orderId } });
}
