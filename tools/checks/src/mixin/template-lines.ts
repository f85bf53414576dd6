/** A line of a rule template, and where it stands. */
export interface TemplateLine {
  readonly text: string;
  readonly indent: string;
  /** The alert that the line belongs to; none for recordings and groups. */
  readonly alert?: string;
  readonly isExpression: boolean;
}

/** The lines of a template in order. */
export function readTemplate(template: string): TemplateLine[] {
  let alert: string | undefined;
  let expressionIndent = Number.POSITIVE_INFINITY;
  return template.split('\n').map((text) => {
    const indent = text.length - text.trimStart().length;
    const isInside = text === '' || indent > expressionIndent;
    if (!isInside) expressionIndent = Number.POSITIVE_INFINITY;
    if (/^\s*- /.test(text) && !isInside) alert = /^\s*- alert: (\w+)$/.exec(text)?.[1];
    const isFirst = !isInside && /^\s*expr:/.test(text);
    if (isFirst) expressionIndent = indent;
    const isExpression = isFirst || expressionIndent < indent;
    return { text, indent: ' '.repeat(indent), isExpression, ...(alert && { alert }) };
  });
}

/** Whether a piece of an expression ends within a comment. */
export function isComment(piece: string): boolean {
  return piece.replace(/"(?:[^"\\]|\\.)*"/g, '').includes('#');
}
