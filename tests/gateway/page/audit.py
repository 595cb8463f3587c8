"""An audit of a page for people who cannot see it, or not well: what of WCAG a program can tell.

Names of what can be operated, one name a place, the order of headings, contrast of every text
with what it stands on, and the size of what is to be hit.
"""

from playwright.async_api import Page

_AUDIT = """
() => {
  const found = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const name = (element) => (element.getAttribute("aria-label")
    ?? [...(element.labels ?? [])].map((label) => label.textContent).join(" ")
    ?? "").trim() || element.textContent.trim();
  for (const element of document.querySelectorAll("a[href], button, input, [role=button]")) {
    if (shown(element) && element.type !== "hidden" && !name(element)) {
      found.push(`no name: ${element.outerHTML.slice(0, 120)}`);
    }
  }
  for (const element of document.querySelectorAll("main button, header button")) {
    const { width, height } = element.getBoundingClientRect();
    if (shown(element) && Math.min(width, height) < 24) {
      found.push(`too small: ${element.outerHTML.slice(0, 120)}`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  found.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice: ${id}`));
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    for (const attribute of ["aria-labelledby", "aria-describedby"]) {
      const id = element.getAttribute(attribute);
      if (id && !document.getElementById(id)?.textContent.trim() && shown(element)) {
        found.push(`nothing behind ${attribute} ${id}`);
      }
    }
  }
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const its = Number(heading.tagName[1]);
    if (shown(heading) && its > level + 1) found.push(`heading skips: ${heading.textContent}`);
    if (shown(heading)) level = its;
  }
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  if (!document.documentElement.lang || !document.title) found.push("no language or title");
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [red, green, blue] = [r, g, b].map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = channels(getComputedStyle(each).backgroundColor);
      if ((colour[3] ?? 1) === 1) return colour;
    }
    return [255, 255, 255];
  };
  for (const element of document.querySelectorAll("body *:not(svg *)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !shown(element) || element.closest("noscript")) continue;
    const lights = [channels(getComputedStyle(element).color), ground(element)].map(light);
    const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(1)}: ${element.textContent}`);
  }
  return found;
}
"""


async def audit(page: Page) -> list[str]:
    """Return what is wrong with the page as it is shown."""
    found: list[str] = await page.evaluate(_AUDIT)
    return found


async def too_wide(page: Page) -> float:
    """Return by how many pixels the page is wider than its window."""
    wide: float = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide
