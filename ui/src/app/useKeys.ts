import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { hasUnsaved } from "@/components/unsaved";

const mac = navigator.userAgent.includes("Mac");
export const modifier = mac ? "⌘" : "Ctrl+";

/** Where Escape leads from a page; a page is left for the one above it. */
export function above(pathname: string): string | null {
  const launched = /^\/new\/([^/]+)/.exec(pathname)?.[1];
  if (launched) return `/servers/${launched}`;
  return pathname === "/" ? null : "/";
}

const ask = "[role=dialog], [role=alertdialog]";
/** Where Escape belongs to what has the focus: it clears a field, and it takes away a message. */
const own = "input, textarea, select, [contenteditable=true], [data-messages]";
const within = (target: EventTarget | null, selector: string): boolean => target instanceof Element && target.closest(selector) !== null;

/** The keys that work everywhere. Dialogs and menus take theirs first, and none leads away from what is being typed. */
export function useKeys(find: () => void): void {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  useEffect(() => {
    const on = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing || document.querySelector(ask)) return;
      const command = (mac ? e.metaKey : e.ctrlKey) && !e.altKey && !e.shiftKey;
      const act = (run: () => void) => { e.preventDefault(); run(); };
      const key = e.key.toLowerCase();
      const up = above(pathname);
      const go = (to: string) => act(() => { if (!hasUnsaved()) void navigate(to); });
      if (command && key === "n") go("/new");
      else if (command && key === "k") act(find);
      else if (command && key === ",") go("/settings");
      else if (key === "escape" && up !== null && !within(e.target, own)) go(up);
    };
    window.addEventListener("keydown", on);
    return () => window.removeEventListener("keydown", on);
  }, [find, navigate, pathname]);
}
