import { cx } from "@/components/cx";
import { Visible } from "@/components/Exact";
import type { DiffLine } from "@/ipc/types";

const look: Partial<Record<string, string>> = { "+": "bg-ok-soft text-ok", "-": "bg-bad-soft text-bad" };
const spoken: Partial<Record<string, string>> = { "+": "added: ", "-": "removed: " };

export function Diff({ lines }: { lines: DiffLine[] }) {
  return (
    <pre tabIndex={0} aria-label="Change" data-testid="connect-diff" className="max-h-[320px] overflow-auto rounded-xl border border-line bg-sunken py-2 text-xs leading-5">
      {lines.map((line, index) => (
        <div key={index} className={cx("flex gap-3 px-3", look[line.sign] ?? "text-ink-2")}>
          <span aria-hidden className="w-2 shrink-0 select-none">{line.sign}</span>
          <span className="sr-only">{spoken[line.sign] ?? ""}</span>
          <span className="whitespace-pre-wrap [overflow-wrap:anywhere]"><Visible text={line.text} /></span>
        </div>
      ))}
    </pre>
  );
}
