// Suggestions while the customer types. Everything in the shop works without this file.

const PAUSE_MS = 150;
const PREFIX_MIN = 2;
const SUGGESTIONS_MAX = 8;

const field = document.getElementById("q");
const list = document.getElementById("suggestions");
let pause;
let asking = new AbortController();
let active = -1;
field.setAttribute("role", "combobox");
field.setAttribute("aria-autocomplete", "list");
field.setAttribute("aria-controls", list.id);
close();

field.addEventListener("input", () => {
  clearTimeout(pause);
  asking.abort();
  pause = setTimeout(ask, PAUSE_MS);
});

field.addEventListener("keydown", (event) => {
  if (list.hidden || event.isComposing) return;
  if (event.key === "Escape") close();
  else if (event.key === "ArrowDown") mark(active + 1);
  else if (event.key === "ArrowUp") mark(active < 0 ? list.children.length - 1 : active - 1);
  else if (event.key === "Enter" && active >= 0) choose(list.children[active]);
  else return;
  event.preventDefault();
});

field.addEventListener("blur", close);
list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the field
list.addEventListener("click", (event) => event.target.matches("li") && choose(event.target));

async function ask() {
  const prefix = field.value.trim();
  if (prefix.length < PREFIX_MIN) return close();
  asking = new AbortController();
  try {
    const url = "/api/suggestions?prefix=" + encodeURIComponent(prefix);
    const response = await fetch(url, { signal: asking.signal });
    show(response.ok ? (await response.json()).texts : []);
  } catch (error) {
    if (error.name !== "AbortError") close(); // a shop without suggestions is still a shop
  }
}

function show(suggestions) {
  list.replaceChildren(...suggestions.slice(0, SUGGESTIONS_MAX).map((words, place) => {
    const option = document.createElement("li");
    option.setAttribute("role", "option");
    return Object.assign(option, { id: "suggestion-" + place, textContent: words });
  }));
  active = -1;
  field.removeAttribute("aria-activedescendant");
  list.hidden = list.children.length === 0 || document.activeElement !== field;
  field.setAttribute("aria-expanded", String(!list.hidden));
}

function close() {
  clearTimeout(pause);
  asking.abort();
  show([]);
}

function mark(place) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = place >= list.children.length ? -1 : place;
  list.children[active]?.setAttribute("aria-selected", "true");
  if (active < 0) field.removeAttribute("aria-activedescendant");
  else field.setAttribute("aria-activedescendant", list.children[active].id);
}

function choose(option) {
  field.value = option.textContent;
  close();
  field.form.requestSubmit();
}
