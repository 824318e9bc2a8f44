import { useEffect } from "react";

const unsaved = new Set<object>();

/** Whether something typed on this page would be lost with it. */
export const hasUnsaved = (): boolean => unsaved.size > 0;

/** Marks what has been typed and not been sent yet, so that no key leads away from it. */
export function useUnsaved(typed: boolean): void {
  useEffect(() => {
    if (!typed) return;
    const mark = {};
    unsaved.add(mark);
    return () => { unsaved.delete(mark); };
  }, [typed]);
}
