import { distance } from 'fastest-levenshtein';

/** The known names that resemble what was written, the most similar first; at most three. */
export function suggestNames(word: string, known: readonly string[]): string[] {
  const written = word.toLowerCase();
  const scored = known.map((name) => {
    const lower = name.toLowerCase();
    const isPart = written.length > 2 && (lower.includes(written) || written.includes(lower));
    return { name, score: isPart ? 1 : distance(written, lower) };
  });
  return scored
    .filter(({ name, score }) => score <= Math.max(2, name.length / 3))
    .sort((left, right) => left.score - right.score)
    .slice(0, 3)
    .map(({ name }) => name);
}
