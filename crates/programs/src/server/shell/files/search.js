// The field that finds functions: a combobox with a list below it.

import { byId, make } from "./dom.js";
import { find } from "./catalogue.js";

/** Lets the user find a function of the family that `family` tells, and gives it to `choose`. */
export function search(family, choose) {
  const field = byId("search"), list = byId("found"), count = byId("search-count");
  let shown = [], at = -1;

  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", false);
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (to) => {
    at = (to + shown.length) % shown.length;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", place === at));
    list.children[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const take = (one) => {
    close();
    field.value = `${one.module}::${one.func}`;
    choose(one);
  };
  const open = () => {
    const found = find(family(), field.value);
    shown = found.shown;
    list.replaceChildren(...shown.map((one, place) => {
      const name = make("b", {}, `${one.module}::${one.func}`), meaning = make("span", {}, one.summary);
      const option = make("span", { role: "option", id: `found-${place}`, "aria-selected": false }, name, meaning);
      // Before the field loses the focus, which closes the list.
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(one));
      return option;
    }));
    const rest = found.more ? `, and ${found.more} more` : "";
    count.textContent = shown.length ? `${shown.length} found${rest}` : "Nothing found";
    close();
    list.hidden = !shown.length;
    field.setAttribute("aria-expanded", shown.length > 0);
  };

  field.addEventListener("input", open);
  field.addEventListener("click", open);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) open();
      if (shown.length) mark(at < 0 && step < 0 ? -1 : at + step);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      take(shown[Math.max(at, 0)]);
    } else if (event.key === "Escape") {
      close();
    }
  });
}
