/** How many letters to change, add or leave out to get from one word to the other. */
export function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1];
    for (const [column, counterpart] of [...other].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === counterpart ? 0 : 1);
      const added = (previous[column + 1] ?? 0) + 1;
      const removed = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, added, removed));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

/** The known words that somebody may have meant, the likeliest first; at most three. */
export function suggestNames(word: string, known: readonly string[]): string[] {
  const wanted = word.toLowerCase();
  const scored = known.map((name) => {
    const lower = name.toLowerCase();
    const isPart = wanted.length > 2 && (lower.includes(wanted) || wanted.includes(lower));
    return { name, score: isPart ? 1 : distance(wanted, lower) };
  });
  return scored
    .filter(({ name, score }) => score <= Math.max(2, name.length / 3))
    .sort((left, right) => left.score - right.score)
    .slice(0, 3)
    .map(({ name }) => name);
}
