import type { Tone } from "@/components/Badge";
import { cx } from "@/components/cx";
import { useNow } from "@/components/useNow";
import type { Status } from "@/ipc/types";
import { words } from "./status";

/** A shape for each tone besides the colour, for those who do not see the difference between the colours. */
const dots: Record<Tone, string> = {
  plain: "rounded-full bg-ink-3", accent: "rounded-full bg-accent", teal: "rounded-full bg-teal", ok: "rounded-full bg-ok",
  warn: "rotate-45 rounded-[1px] bg-warn", bad: "scale-125 bg-bad [clip-path:polygon(50%_0,100%_100%,0_100%)]",
};
const inks: Record<Tone, string> = {
  plain: "text-ink-2", accent: "text-accent", teal: "text-teal", ok: "text-ok", warn: "text-warn", bad: "text-bad",
};

interface DotProps { status: Status; /** It is over, so nothing moves. */ past?: boolean | undefined; /** Its word for screen readers, where no other stands beside it. */ spoken?: boolean }

export function StatusDot({ status, past, spoken }: DotProps) {
  const { tone, moving, label } = words(status);
  return (
    <span className="relative flex size-2 shrink-0">
      {tone === "ok" && <span className="absolute -inset-1 rounded-full bg-ok-soft" />}
      <span title={label} className={cx("relative size-2", status.state === "stopped" ? "rounded-full ring-[1.5px] ring-ink-3 ring-inset" : dots[tone], moving && !past && "breathe")} />
      {spoken && <span className="sr-only">{label}</span>}
    </span>
  );
}

interface Props { status: Status; testId?: string; /** Reads out changes of the word. */ live?: boolean; past?: boolean }

/** Dot and word. The detail may change every second, so only the word is read out. */
export function StatusBadge({ status, testId = "status", live, past }: Props) {
  const { label, detail, tone } = words(status);
  return (
    <span data-testid={testId} data-state={status.state} className={cx("inline-flex min-w-0 items-center gap-2 text-sm font-medium", inks[tone])}>
      <StatusDot status={status} past={past} />
      <span role={live ? "status" : undefined} className="shrink-0">{label}</span>
      {detail && <span className="truncate font-normal text-ink-2">{status.state === "restarting" && !past ? <Due status={status} /> : detail}</span>}
    </span>
  );
}

/** The time until it starts again, counted down. */
function Due({ status }: { status: Status }) {
  return words(status, useNow(1000)).detail;
}
