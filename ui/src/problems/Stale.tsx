import { RefreshCwOff } from "lucide-react";
import { Button } from "@/components/Button";
import { cx } from "@/components/cx";
import { toProblem } from "@/ipc/errors";

interface Query { error: Error | null; isFetching: boolean; refetch: () => Promise<unknown> }

/** What is on the screen could not be read anew: it stays, and this says so. */
export function Stale({ query, className }: { query: Query; className?: string }) {
  if (!query.error) return null;
  return (
    <div role="status" data-testid="stale" className={cx("fade flex items-center gap-3 rounded-xl border border-warn/35 bg-warn-soft py-2 pr-2 pl-4 text-sm", className)}>
      <RefreshCwOff aria-hidden size={15} className="shrink-0 text-warn" />
      <p className="selectable min-w-0 flex-1">This may be out of date. {toProblem(query.error).title}.</p>
      <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>Try again</Button>
    </div>
  );
}
