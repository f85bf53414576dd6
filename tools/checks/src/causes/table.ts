import { z } from 'zod';
import { configFolder, readConfig } from '../mixin/config.ts';

export const causesFile = `${configFolder}/causes.yml`;

const matcher = /\w+\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"/g;
const selector = z
  .string()
  .regex(
    /^[A-Z]\w*(\{\s*\w+\s*(=~|!~|!=|=)\s*"[^{}]*"\s*\})?$/,
    'Expected the name of an alert, such as `HighErrorRate`, or with matchers, `TargetDown{job="loki"}`.',
  )
  .transform((text) => ({
    text,
    alert: text.split('{')[0] ?? '',
    matchers: text.slice(text.indexOf('{') + 1).match(matcher) ?? [],
  }));

const pair = z
  .strictObject({
    cause: selector,
    explains: z.array(selector).min(1),
    equal: z.array(z.string().regex(/^[a-z]\w*$/)).optional(),
    of: z.literal('dependents').optional(),
    why: z.string().endsWith('.'),
  })
  .refine(({ equal, of }) => (equal === undefined) !== (of === undefined), {
    message:
      'Expected either `equal`, with the labels that both share, or `of: dependents`. `equal: []` mutes every symptom, whatever it is about.',
  });

const schema = z.strictObject({
  /** Alerts that no other may mute. */
  never: z.array(z.string()),
  causes: z.array(pair),
});

/** An alert, and with matchers some of its kind. */
export type AlertSelector = z.output<typeof selector>;

export type Cause = z.output<typeof pair>;

export type Causes = z.output<typeof schema>;

/** Which alert explains which others; throws with the place and the cure. */
export function readCauses(root: string): Causes {
  return readConfig(root, causesFile, schema);
}
