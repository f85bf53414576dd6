/** The colour of that name in the page's style sheet, for a canvas, which knows no style sheets. */
export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The colour of a series by its number. */
export function seriesCss(number: number): string {
  return cssColour(`series-${number}`);
}

/** The same colour, so much of it: 0 to 1. */
export function faded(colour: string, share: number): string {
  const alpha = Math.round(share * 255)
    .toString(16)
    .padStart(2, '0');
  return /^#[0-9a-f]{6}$/i.test(colour) ? `${colour}${alpha}` : colour;
}
