import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Props { icon: LucideIcon; title: string; children: ReactNode; action?: ReactNode }

/** Nothing here yet, and what to do about it. */
export function Empty({ icon: Icon, title, children, action }: Props) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <span className="flex size-12 items-center justify-center rounded-2xl bg-accent-soft text-accent"><Icon aria-hidden size={22} /></span>
      <h2 className="mt-4 text-lg font-semibold">{title}</h2>
      <p className="mt-1 max-w-md text-ink-2">{children}</p>
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
