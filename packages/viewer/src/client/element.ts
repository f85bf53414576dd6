/** Text is never parsed as markup; `undefined` and `false` are left out. */
type Content = Node | string | undefined | false;
/** `undefined` and `false` are left out; a function is a listener, such as `onclick`. */
type Attributes = Readonly<Record<string, string | boolean | undefined | (() => void)>>;

type Tag = keyof HTMLElementTagNameMap;
type TagOf<S> = S extends `${infer Name extends Tag}.${string}` ? Name : S extends Tag ? S : never;

/** Creates an element by its tag and classes, such as `p.mark`; attributes are the first part, if any. */
export function element<S extends Tag | `${Tag}.${string}`>(
  selector: S,
  ...parts: readonly Content[] | readonly [Attributes, ...(readonly Content[])]
): HTMLElementTagNameMap[TagOf<S>] {
  const [tag = '', ...classes] = selector.split('.');
  const made = document.createElement(tag as TagOf<S>);
  if (classes.length > 0) made.className = classes.join(' ');
  for (const part of parts) {
    if (part === undefined || part === false) continue;
    if (typeof part === 'string' || part instanceof Node) made.append(part);
    else setAttributes(made, part);
  }
  return made;
}

function setAttributes(made: HTMLElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : value);
    }
  }
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
    const isBold = (index: number) => index % 2 === 1;
    return element(
      'p',
      ...parts.map((part, index) => (isBold(index) ? element('strong', part) : part)),
    );
  });
}

/** The colour of a series by its number. */
export function swatch(number = 0): HTMLElement {
  const made = element('i.swatch');
  made.style.background = `var(--series-${number})`;
  return made;
}
