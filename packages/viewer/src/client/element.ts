/** Text is never parsed as markup. */
type Content = Node | string | undefined | false;

/** Creates an element; attributes that are `undefined` or `false` are left out. */
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

/** Throws if there is no element with that id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`Expected an element \`#${id}\`, got none.`);
  return found;
}

/** Paragraphs with **bold** text, the only Markdown in descriptions. */
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

/** The colour of a series by its number. */
export function swatch(number = 0): HTMLElement {
  const made = element('i', { class: 'swatch' });
  made.style.background = `var(--series-${number})`;
  return made;
}
