// What a keyboard or a screen reader needs and the theme does not give.

// A name that is not among the words on a button: let the words be the name.
for (const button of document.querySelectorAll(".search-button-field[aria-label]")) {
  button.removeAttribute("aria-label");
}
// The icons of this button are pictures of its state; its name stays "Color mode".
for (const icon of document.querySelectorAll(".theme-switch")) icon.removeAttribute("title");

// The logo leads home: it belongs to the navigation.
const logo = document.querySelector(".bd-sidebar-primary .navbar-brand.logo");
logo?.parentElement.setAttribute("role", "navigation");
logo?.parentElement.setAttribute("aria-label", "Home");

/** Let the keyboard scroll what does not fit, and skip what does. */
function reach(box) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}

addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => reach(target)));
  // The theme looks only once, when code may still be folded.
  document
    .querySelectorAll("article :is(mjx-container[display=true], div.math, pre, table)")
    .forEach((box) => watch.observe(box));
});
