// Functions that run in the page; plain JavaScript, because the rest of the repository has no DOM.

/** Texts with a contrast below WCAG 2.2 AA. */
export function findFaintTexts() {
  const parse = (text) => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return { channels: [red, green, blue], alpha };
  };
  const luminance = ({ channels }) => {
    const [red, green, blue] = channels.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backgroundOf = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.alpha === 1) return colour;
    }
    return parse('rgb(255, 255, 255)');
  };
  const hasText = ({ childNodes }) =>
    [...childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const isShown = (element) => element.checkVisibility() && !element.closest('.unseen, .skip');
  return [...document.querySelectorAll('body *')]
    .filter(hasText)
    .filter(isShown)
    .flatMap((element) => {
      const style = getComputedStyle(element);
      const lights = [luminance(parse(style.color)), luminance(backgroundOf(element))];
      const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio >= (isLarge ? 3 : 4.5)) return [];
      return [`${ratio.toFixed(2)} ${element.tagName} ${element.textContent.trim().slice(0, 40)}`];
    });
}

/** Targets smaller than WCAG 2.2's 24 pixels, except links in running text. */
export function findSmallTargets() {
  return [...document.querySelectorAll('button, .links a, a.run, summary')]
    .filter((element) => element.checkVisibility())
    .filter((element) => element.getBoundingClientRect().height < 24)
    .map((element) => element.textContent);
}

/** How far the page can be scrolled sideways, in pixels. */
export function overflow() {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}

/** The text that elements show. */
export function shownTexts(elements) {
  // biome-ignore lint/performance/useDomNodeTextContent: hidden text does not count.
  return elements.map((element) => element.innerText.trim());
}

/** Whether the page shows a text. */
export function showsText(text) {
  // biome-ignore lint/performance/useDomNodeTextContent: hidden text does not count.
  return document.body.innerText.includes(text);
}

/** The colour of an element's text, as red, green and blue. */
export function colourOf(element) {
  return (getComputedStyle(element).color.match(/\d+/g) ?? []).map(Number);
}

/** The text of the focused element. */
export function focusedText() {
  return document.activeElement?.textContent ?? '';
}

/** Whether the page has refreshed after it was loaded. */
export function isUpToDate() {
  return performance
    .getEntriesByType('resource')
    .some(({ initiatorType, name }) => initiatorType === 'fetch' && name === location.href);
}

/** Sets a property that a reload would remove. */
export function leaveMark() {
  window.isSamePage = true;
}

/** Whether the window has a property of that name. */
export function isInWindow(name) {
  return name in window;
}

/** Violates the policy. */
export function breakPolicy() {
  document.body.setAttribute('style', 'color: red');
}

/** Whether every panel of a dashboard has been queried and drawn. */
export function isDrawn() {
  return document.documentElement.dataset.state === 'ready';
}

/** The state of each panel of a dashboard, and its note if it was not drawn. */
export function panelStates() {
  return [...document.querySelectorAll('.panel')].map((panel) => ({
    title: panel.querySelector('h2').textContent,
    state: panel.dataset.state,
    text: panel.querySelector('.note')?.textContent ?? '',
  }));
}
