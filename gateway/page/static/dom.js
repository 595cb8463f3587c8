// Elements, made and changed as text and attributes only: nothing from data is ever read as HTML.

export const byId = (id) => document.getElementById(id);

/** Return a new element; `attributes` with false are left out, with true have no value. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children);
  return element;
}

/** Give an element a text; one that it has already is left alone, and what reads it is not told. */
export function write(element, text) {
  if (element.textContent !== String(text)) {
    element.textContent = text;
  }
}

/** Give an element an attribute, if it has not that value already. */
export function mark(element, name, value) {
  if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

/**
 * Make the children of `parent` those of `items`, in their order: kept where they were made
 * before, so that what has the focus keeps it.
 */
export function arrange(parent, items, { key, create, update }) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const focused = document.activeElement;
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let child = old.get(name);
    if (child === undefined) {
      child = create(item);
      child.dataset.key = name;
    }
    old.delete(name);
    update(child, item);
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
  }
  for (const child of old.values()) {
    child.remove();
  }
  if (focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }
}
