import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

export type Tone = "plain" | "accent" | "ok" | "warn" | "bad" | "teal";

const tones: Record<Tone, string> = {
  plain: "bg-raised text-ink-2",
  accent: "bg-accent-soft text-accent",
  teal: "bg-teal-soft text-teal",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

export function Badge({ tone = "plain", icon: Icon, children }: { tone?: Tone; icon?: LucideIcon; children: ReactNode }) {
  return (
    <span className={cx("inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-medium", tones[tone])}>
      {Icon && <Icon aria-hidden size={12} />}
      {children}
    </span>
  );
}
