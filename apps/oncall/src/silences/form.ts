import { z } from 'zod';

/** In hours. An alert that needs a longer silence needs a better rule. */
export const durations = { '1h': 1, '2h': 2, '4h': 4, '8h': 8, '24h': 24 } as const;

type Duration = keyof typeof durations;

export const requiredText = (what: string, most: number) =>
  z
    .string({ message: `Expected ${what}.` })
    .trim()
    .min(1, { message: `Expected ${what}.` })
    .max(most, { message: `Expected ${what} of at most ${most} characters.` });

export const silenceForm = z.object({
  token: z.string({ message: 'Open this page from the alert.' }),
  // A browser sends one ticked box as a string, several as a list, none not at all.
  label: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((names) => (names === undefined ? [] : [names].flat())),
  duration: z.enum(Object.keys(durations) as [Duration, ...Duration[]], {
    message: `Choose one of ${Object.keys(durations).join(', ')}.`,
  }),
  author: requiredText('an author', 100),
  comment: requiredText('a comment', 500),
});

export const expireForm = silenceForm.pick({ token: true, author: true });

/**
 * The labels that a silence matches: the ticked ones, and always the name, so that nobody silences
 * a whole service. Labels that the alert lacks are ignored.
 */
export function chosenLabels(
  labels: Readonly<Record<string, string>>,
  ticked: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => name === 'alertname' || ticked.includes(name)),
  );
}
