// The choice of light or dark lies in a cookie, so that the server writes it into <html> and nothing flashes.
const root = document.documentElement;

const showTheme = () => {
  const now = root.dataset.theme || "system";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  const choice = button.dataset.themeChoice;
  const life = choice === "system" ? 0 : 31536000;
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `gewerk_theme=${choice};path=/;max-age=${life};samesite=lax${secure}`;
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  showTheme();
});
showTheme();
