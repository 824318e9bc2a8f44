import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";

export function Card({ className, ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={cx("rounded-2xl border border-line bg-surface shadow-card", className)} />;
}

interface SectionProps { title: string; hint?: ReactNode; aside?: ReactNode; children: ReactNode; className?: string }

/** A titled card. */
export function Section({ title, hint, aside, children, className }: SectionProps) {
  return (
    <section aria-label={title}>
      <Card className={cx("p-5", className)}>
        <header className="mb-3 flex items-start justify-between gap-4">
          <div>
            <h2 className="text-base font-semibold">{title}</h2>
            {hint && <p className="mt-0.5 text-sm text-ink-2">{hint}</p>}
          </div>
          {aside}
        </header>
        {children}
      </Card>
    </section>
  );
}
