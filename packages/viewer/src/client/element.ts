/** What an element may hold: text stays text, whatever stands in it. */
export type Content = Node | string | undefined | false;

/** Makes an element; attributes that are `undefined` or `false` are left out. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | boolean | undefined>> = {},
  ...contents: readonly Content[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(attribute, value === true ? '' : value);
  }
  made.append(...contents.filter((content) => content !== undefined && content !== false));
  return made;
}

/** The element with that id; the server has put it there. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`Expected an element \`#${id}\`, got none.`);
  return found;
}

/** Paragraphs with **strong** words, which is all that descriptions use of Markdown. */
export function paragraphs(text: string): HTMLElement[] {
  return text.split(/\n{2,}/).map((paragraph) => {
    const parts = paragraph.split(/\*\*(.+?)\*\*/g);
    return element(
      'p',
      {},
      ...parts.map((part, index) => (index % 2 === 1 ? element('strong', {}, part) : part)),
    );
  });
}
