import { useEffect, useRef, type ReactNode } from "react";

/** The heading of a step that takes the place of another on the same page: the page starts at its top, and the keyboard
 *  and screen readers follow, unless a field of the step has the focus. */
export function StepTitle({ children, className = "" }: { children: ReactNode; className?: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const main = ref.current?.closest("main");
    main?.scrollTo(0, 0);
    if (document.activeElement === main || !main?.contains(document.activeElement)) ref.current?.focus({ preventScroll: true });
  }, []);
  return <h1 ref={ref} tabIndex={-1} className={`text-2xl font-semibold outline-none ${className}`}>{children}</h1>;
}
