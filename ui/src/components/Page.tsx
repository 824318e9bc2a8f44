import type { ReactNode } from "react";
import { cx } from "./cx";

interface Props { children: ReactNode; width?: "text" | "wide"; fill?: boolean; className?: string }

/** The margins of a page. With `fill` it is as high as the window, its parts scroll, and the last one brings the margin below. */
export function Page({ children, width = "wide", fill, className }: Props) {
  return (
    <div className={cx("relative mx-auto flex w-full flex-col px-6 pt-8 min-[900px]:px-9", width === "text" ? "max-w-[760px]" : "max-w-[980px]", fill ? "h-full" : "min-h-full pb-10", className)}>
      {children}
    </div>
  );
}
