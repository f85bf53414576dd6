import { assistantAnswer, orderList } from '../target/answers.ts';
import type { Stage } from './stage.ts';

// Two models, one after the other, each with its own limit; the gateway waits for a minute.
const timeoutMs = 65_000;

const questions = [
  'When will my order be here?',
  'How do I cancel?',
  'A dish was missing. What now?',
  'Does the soup contain nuts?',
  'Why was my card charged twice?',
] as const;

/** Somebody asks the assistant, half of them about their latest order. */
export async function askAssistant(stage: Stage): Promise<void> {
  const { random } = stage;
  const client = stage.as(stage.pick('customer'));
  const { items } = await client.send({
    ...{ operation: 'list_orders', path: '/api/v1/orders?limit=1' },
    ...{ expected: 200, answer: orderList },
  });
  const latest = random.isChance(0.5) ? items[0]?.id : undefined;
  await client.send({
    ...{ operation: 'ask_assistant', method: 'POST', path: '/api/v1/assistant/questions' },
    body: {
      question: random.pick(questions),
      ...(latest === undefined ? {} : { orderId: latest }),
    },
    ...{ expected: 200, answer: assistantAnswer, timeoutMs },
  });
}
