import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";

const mac = navigator.userAgent.includes("Mac");
export const modifier = mac ? "⌘" : "Ctrl+";

/** Where Escape leads from a page; a page is left for the one above it. */
export function above(pathname: string): string | null {
  const launched = /^\/new\/([^/]+)/.exec(pathname)?.[1];
  if (launched) return `/servers/${launched}`;
  return pathname === "/" ? null : "/";
}

/** The keys that work everywhere. Dialogs and menus take theirs first. */
export function useKeys(find: () => void): void {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  useEffect(() => {
    const on = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing) return;
      const command = (mac ? e.metaKey : e.ctrlKey) && !e.altKey && !e.shiftKey;
      const act = (run: () => void) => { e.preventDefault(); run(); };
      const key = e.key.toLowerCase();
      const up = above(pathname);
      if (command && key === "n") act(() => void navigate("/new"));
      else if (command && key === "k") act(find);
      else if (command && key === ",") act(() => void navigate("/settings"));
      else if (key === "escape" && up !== null) act(() => void navigate(up));
    };
    window.addEventListener("keydown", on);
    return () => window.removeEventListener("keydown", on);
  }, [find, navigate, pathname]);
}
