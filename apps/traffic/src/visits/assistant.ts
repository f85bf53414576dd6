import { assistantAnswer, orderList } from '../target/answers.ts';
import type { Stage } from './stage.ts';

// Two models in turn, each with its own timeout; the gateway's timeout is a minute.
const timeoutMs = 65_000;

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
  const { items } = await client.send({
    ...{ operation: 'list_orders', path: '/api/v1/orders?limit=1', answer: orderList },
  });
  const latest = random.isChance(0.5) ? items[0]?.id : undefined;
  await client.send({
    ...{ operation: 'ask_assistant', method: 'POST', path: '/api/v1/assistant/questions' },
    body: {
      question: random.pick(questions),
      ...(latest === undefined ? {} : { orderId: latest }),
    },
    ...{ answer: assistantAnswer, timeoutMs },
  });
}
