/** An expression that runs in a page: what a reader with weak eyes could not read, and what sticks out of the window. */
export const inspect = `(() => {
  const parse = (color) => {
    const parts = (color.match(/[\\d.]+/g) ?? []).map(Number);
    return { r: parts[0] ?? 0, g: parts[1] ?? 0, b: parts[2] ?? 0, a: parts.length > 3 ? parts[3] : 1 };
  };
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = ({ r, g, b }) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const background = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.a === 1) return color;
    }
    return { r: 255, g: 255, b: 255, a: 1 };
  };
  for (const details of document.querySelectorAll('details')) details.open = true;
  const weak = [];
  const small = [];
  const outside = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || element.closest('title, desc') !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const visuallyHidden = element.closest('thead') !== null && getComputedStyle(element.closest('thead')).position === 'absolute';
    if (visuallyHidden) continue;
    texts += 1;
    const inChart = element.closest('svg') !== null;
    const style = getComputedStyle(element);
    const color = parse(inChart ? style.fill : style.color);
    // A number in a cell of a heat map stands on the cell, not on the card.
    const cell = inChart && /(^| )t\\d/.test(element.getAttribute('class') ?? '') ? element.parentElement.querySelector('rect') : null;
    const behind = cell === null ? background(element) : parse(getComputedStyle(cell).fill);
    const ratio = contrast(color, behind);
    if (ratio < 4.5) weak.push(node.data.slice(0, 40) + ' ' + ratio.toFixed(2));
    const size = parseFloat(style.fontSize) * (inChart ? element.ownerSVGElement.getBoundingClientRect().width / 360 : 1);
    if (size < 8.5) small.push(node.data.slice(0, 40) + ' ' + size.toFixed(1));
    const frame = inChart ? element.ownerSVGElement.getBoundingClientRect() : { left: 0, right: innerWidth };
    if (box.left < frame.left - 1 || box.right > frame.right + 1) outside.push(node.data.slice(0, 60) + ' ' + Math.round(box.right - frame.right));
  }
  const root = document.documentElement;
  return { texts, weak, small, outside, overflow: root.scrollWidth - root.clientWidth };
})()`;

export interface Inspection {
  readonly texts: number;
  readonly weak: readonly string[];
  readonly small: readonly string[];
  readonly outside: readonly string[];
  readonly overflow: number;
}
