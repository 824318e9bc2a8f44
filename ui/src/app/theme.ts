// The chosen appearance on the document. The choice itself lives with the other settings; the copy here only
// spares the first paint a flash.
import type { Appearance } from "@/ipc/types";

const KEY = "appearance";
const light = window.matchMedia("(prefers-color-scheme: light)");
let chosen: Appearance = "system";

export function rememberedAppearance(): Appearance {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function showAppearance(appearance: Appearance): void {
  chosen = appearance;
  const theme = appearance === "system" ? (light.matches ? "light" : "dark") : appearance;
  const root = document.documentElement;
  if (root.dataset.theme !== theme) {
    // Every colour changes at once; without this each control would fade by itself.
    root.classList.add("still");
    root.dataset.theme = theme;
    requestAnimationFrame(() => requestAnimationFrame(() => root.classList.remove("still")));
  }
  localStorage.setItem(KEY, appearance);
}

light.addEventListener("change", () => showAppearance(chosen));
