import { Check } from "lucide-react";
import { cx } from "./cx";

interface Props { steps: string[]; at: number; done?: boolean }

/** Where one is on the way. */
export function Steps({ steps, at, done }: Props) {
  return (
    <ol aria-label="Steps" className="flex items-center gap-2 text-sm">
      {steps.map((step, index) => {
        const past = index < at || done;
        const here = index === at && !done;
        return (
          <li key={step} aria-current={here ? "step" : undefined} className="flex items-center gap-2">
            {index > 0 && <span aria-hidden className={cx("h-px w-4 min-[900px]:w-7", past || here ? "bg-accent/60" : "bg-line-strong")} />}
            <span className={cx("flex size-5 items-center justify-center rounded-full text-[11px] font-semibold", here ? "primary" : past ? "bg-accent-soft text-accent" : "border border-line-strong text-ink-3")}>
              {past ? <Check aria-hidden size={12} /> : index + 1}
            </span>
            <span className={cx(here ? "font-medium text-ink" : past ? "text-ink-2" : "text-ink-3", !here && "max-[820px]:sr-only")}>{step}</span>
          </li>
        );
      })}
    </ol>
  );
}
