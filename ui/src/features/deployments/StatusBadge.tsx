import type { Tone } from "@/components/Badge";
import { cx } from "@/components/cx";
import { useNow } from "@/components/useNow";
import type { Status } from "@/ipc/types";
import { words } from "./status";

const dots: Record<Tone, string> = {
  plain: "bg-ink-3", accent: "bg-accent", teal: "bg-teal", ok: "bg-ok", warn: "bg-warn", bad: "bg-bad",
};
const inks: Record<Tone, string> = {
  plain: "text-ink-2", accent: "text-accent", teal: "text-teal", ok: "text-ok", warn: "text-warn", bad: "text-bad",
};

export function StatusDot({ status }: { status: Status }) {
  const { tone, moving, label } = words(status);
  return (
    <span className="relative flex size-2 shrink-0">
      {tone === "ok" && <span className="absolute -inset-1 rounded-full bg-ok-soft" />}
      <span title={label} className={cx("relative size-2 rounded-full", dots[tone], moving && "breathe", status.state === "stopped" && "bg-transparent ring-[1.5px] ring-ink-3 ring-inset")} />
    </span>
  );
}

/** Dot and word; changes are read out. */
export function StatusBadge({ status, testId = "status", live }: { status: Status; testId?: string; live?: boolean }) {
  const now = useNow(1000);
  const { label, detail, tone } = words(status, now);
  return (
    <span data-testid={testId} data-state={status.state} role={live ? "status" : undefined} className={cx("inline-flex min-w-0 items-center gap-2 text-sm font-medium", inks[tone])}>
      <StatusDot status={status} />
      <span className="shrink-0">{label}</span>
      {detail && <span className="truncate font-normal text-ink-2">{detail}</span>}
    </span>
  );
}
