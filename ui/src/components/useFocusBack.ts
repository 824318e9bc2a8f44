import { useRef } from "react";

/** For a dialog without a trigger of its own: the focus goes back to where it was when it opened, or to the page if that
 *  is gone. `enter` may take the focus to a place of its own choice. */
export function useFocusBack(enter?: (e: Event) => void) {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (e: Event) => {
      before.current = document.activeElement;
      enter?.(e);
    },
    onCloseAutoFocus: (e: Event) => {
      e.preventDefault();
      // Whoever took it meanwhile, such as the page that the dialog led to, keeps it.
      if (document.activeElement !== document.body) return;
      const place = before.current?.isConnected && before.current !== document.body ? before.current : document.querySelector("main");
      if (place instanceof HTMLElement) place.focus({ preventScroll: true });
    },
  };
}
