// Elements of the page. Texts become text, never HTML: the page's policy forbids everything else too.

export const byId = (id) => document.getElementById(id);

/** A new element with these properties (aria-… and data-… as attributes) and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Shows one of the panels that the tabs of a list control; arrow keys, Home and End move between them. */
export function tabs(list, chosen = () => {}) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const other of all) {
      other.setAttribute("aria-selected", other === tab);
      other.tabIndex = other === tab ? 0 : -1;
      byId(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
    chosen(tab.getAttribute("aria-controls"));
  };
  for (const tab of all) {
    tab.type = "button";
    tab.addEventListener("click", () => choose(tab));
  }
  list.addEventListener("keydown", (event) => {
    const at = all.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = all.at(to % all.length);
    choose(tab);
    tab.focus();
  });
  choose(all[0]);
}
