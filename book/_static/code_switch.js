// One switch in the header: code as the author folded it, all of it, or none.
const STATES = ["as folded", "all", "none"];

function show(state, button) {
  document.documentElement.classList.toggle("code-hidden", state === "none");
  for (const fold of document.querySelectorAll("div.cell > details.hide.above-input")) {
    fold.open = state === "all";
  }
  button.title = button.ariaLabel = `Code on this page: ${state}`;
  button.dataset.state = state;
}

document.addEventListener("DOMContentLoaded", () => {
  const header = document.querySelector(".article-header-buttons");
  if (!header || !document.querySelector("div.cell .cell_input")) return;
  const button = document.createElement("button");
  button.className = "btn btn-sm pst-navbar-icon code-switch";
  button.innerHTML = '<i class="fas fa-code" aria-hidden="true"></i>';
  button.addEventListener("click", () => {
    const next = (STATES.indexOf(button.dataset.state) + 1) % STATES.length;
    show(STATES[next], button);
  });
  show(STATES[0], button);
  header.prepend(button);
});
