import { z } from 'zod';

/** How long one may be silent; who needs more has a rule to mend. */
export const durations = { '1h': 1, '2h': 2, '4h': 4, '8h': 8, '24h': 24 } as const;

/** One of them. */
export type Duration = keyof typeof durations;

const sentence = (what: string, most: number) =>
  z
    .string({ message: `Say ${what}.` })
    .trim()
    .min(1, { message: `Say ${what}.` })
    .max(most, { message: `Say ${what} in at most ${most} characters.` });

/** What the form sends. */
export const silenceForm = z.object({
  token: z.string({ message: 'Open this page from the alert.' }),
  // A browser sends one ticked box as a text, several as a list, none not at all.
  label: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((names) => (names === undefined ? [] : [names].flat())),
  duration: z.enum(Object.keys(durations) as [Duration, ...Duration[]], {
    message: `Choose one of ${Object.keys(durations).join(', ')}.`,
  }),
  by: sentence('who you are', 100),
  reason: sentence('why', 500),
});

/**
 * The labels that a silence is to fit: those that were ticked, and always the name, so that nobody
 * silences a whole service. What an alert hasn't got is not taken from the form.
 */
export function chosenLabels(
  labels: Readonly<Record<string, string>>,
  ticked: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => name === 'alertname' || ticked.includes(name)),
  );
}
