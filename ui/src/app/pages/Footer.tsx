import type { ReactNode } from "react";

/** The bar of a step: back on the left, on to the next on the right, always in sight. */
export function Footer({ children }: { children: ReactNode }) {
  return (
    <div className="sticky bottom-0 z-10 mt-auto -mb-10 pt-6">
      <div className="-mx-6 flex items-center gap-3 border-t border-line bg-bg px-6 py-4 min-[900px]:-mx-9 min-[900px]:px-9">{children}</div>
    </div>
  );
}
