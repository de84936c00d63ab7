// The texts of a page that are hard to read: contrast below WCAG's AA (4.5, or 3 where the text is large).
const numbers = (color) => color.match(/[\d.]+/g).map(Number);
const over = ([r, g, b, a = 1], below) => [r, g, b].map((one, at) => one * a + below[at] * (1 - a));
const light = (color) => color.map((one) => one / 255)
  .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
  .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
const canvas = () => (matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255]);
const ground = (element) => element
  ? over(numbers(getComputedStyle(element).backgroundColor), ground(element.parentElement)) : canvas();
const contrast = (one, other) => {
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};
const poor = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const judge = (element, text) => {
  const style = getComputedStyle(element), size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  const below = ground(element), found = contrast(over(numbers(style.color), below), below);
  if (found < (large ? 3 : 4.5)) poor.add(`${found.toFixed(2)} ${element.tagName} ${text.trim().slice(0, 40)}`);
};
while (walker.nextNode()) {
  const { parentElement: element, data } = walker.currentNode;
  if (data.trim() && element.checkVisibility({ visibilityProperty: true })) judge(element, data);
}
for (const field of document.querySelectorAll("input, select")) if (field.checkVisibility()) judge(field, field.value);
return [...poor];
