/**
 * Runs in a page, where it is given as text. Looks at the page as it is drawn now, over its whole length: nothing
 * scrolls sideways, no text or control is cut off or reaches out of the window, and no two of them lie on each other.
 *
 * @returns {string[]} what is wrong, in words with the element.
 */
export function findLayoutFaults() {
  /** Rounding, and how far glyph boxes of neighbouring lines may touch, in CSS pixels. */
  const SLACK = 1.5;
  const TOUCH = 3;
  const faults = [];

  const nameOf = (element) => {
    const text = (element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40);
    const kind = element.tagName.toLowerCase();
    const id = element.id === '' ? '' : `#${element.id}`;
    const classes = [...element.classList].map((one) => `.${one}`).join('');
    return `${kind}${id}${classes}${text === '' ? '' : ` “${text}”`}`;
  };
  /** Drawn, and meant to be seen: words for screen readers alone take one pixel. */
  const isSeen = (element) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    for (let at = element; at !== null; at = at.parentElement) {
      const { width, height } = at.getBoundingClientRect();
      const { position, overflow } = getComputedStyle(at);
      if (position === 'absolute' && overflow === 'hidden' && width <= 2 && height <= 2) return false;
    }
    return true;
  };

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + SLACK)
    faults.push(`the page scrolls sideways: ${root.scrollWidth} in ${root.clientWidth}`);

  const everything = [...document.body.querySelectorAll('*')].filter(isSeen);
  const controls = new Set(['BUTTON', 'INPUT', 'SELECT', 'TEXTAREA', 'IFRAME', 'IMG', 'SUMMARY']);
  const boxes = [];
  for (const element of everything) {
    const { overflowX, overflowY } = getComputedStyle(element);
    const typed = element.tagName === 'INPUT' || element.tagName === 'TEXTAREA';
    const cutsSideways = overflowX !== 'visible' || element.tagName === 'BUTTON';
    const cutsBelow = overflowY === 'hidden' || overflowY === 'clip';
    if (!typed && cutsSideways && element.scrollWidth > element.clientWidth + SLACK)
      faults.push(`cut off at the side: ${nameOf(element)}`);
    if (!typed && cutsBelow && element.scrollHeight > element.clientHeight + SLACK)
      faults.push(`cut off below: ${nameOf(element)}`);
    const isControl = controls.has(element.tagName) || element.matches('a.button');
    if (isControl) boxes.push({ element, name: nameOf(element), rect: element.getBoundingClientRect() });
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || (node.textContent ?? '').trim() === '') continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects())
        if (rect.width > 1) boxes.push({ element, name: nameOf(element), rect });
    }
  }

  for (const { name, rect } of boxes)
    if (rect.width > 0 && (rect.left < -SLACK || rect.right > root.clientWidth + SLACK))
      faults.push(`outside of the window: ${name}`);

  for (const [at, one] of boxes.entries())
    for (const other of boxes.slice(at + 1)) {
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const across = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
      const down = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top);
      if (across > TOUCH && down > TOUCH) faults.push(`on each other: ${one.name} and ${other.name}`);
    }
  return [...new Set(faults)];
}
