import { useMutation } from "@tanstack/react-query";
import { CloudOff, LoaderCircle, RefreshCw } from "lucide-react";
import { Button } from "@/components/Button";
import { useNow } from "@/components/useNow";
import { api } from "@/ipc/client";
import type { CatalogStatus } from "@/ipc/types";
import { useSayFailure } from "@/problems/useSayFailure";
import { ago } from "@/text/time";

const count = new Intl.NumberFormat("en");

interface Props {
  status: CatalogStatus;
  /** What was searched in vain, if it was. */
  none: string | null;
}

/** How many servers are known, as of when, and why no newer ones. */
export function CopyState({ status, none }: Props) {
  const now = useNow(60_000);
  const failed = useSayFailure();
  const refresh = useMutation({ mutationFn: () => api.refreshListings(), onError: failed });
  const busy = status.refreshing || refresh.isPending;
  const { entries, problem, syncedAt } = status;
  return (
    <div className="mt-2 border-t border-line px-3 pt-2" data-testid="copy-state">
      {none !== null && (
        <p className="py-5 text-center text-ink-2">
          {entries === 0 ? (busy ? "The list of servers is being fetched for the first time." : "There is no list of servers yet.") : `No server was found for “${none}”.`}
        </p>
      )}
      <div className="flex min-h-8 items-center gap-2 text-xs text-ink-3">
        {busy ? <LoaderCircle aria-hidden size={13} className="animate-spin text-accent" /> : problem ? <CloudOff aria-hidden size={13} className="text-warn" /> : null}
        <p role="status" className="min-w-0 flex-1">
          {entries > 0 && `${count.format(entries)} servers of the MCP Registry`}
          {entries > 0 && syncedAt !== null && `, as of ${ago(syncedAt, now)}`}
          {busy && `${entries > 0 ? ". " : ""}Fetching what is new…`}
          {!busy && problem && `${entries > 0 ? ". " : ""}${problem.title}.`}
        </p>
        {!busy && <Button size="sm" variant="ghost" icon={RefreshCw} onClick={() => refresh.mutate()} data-testid="refresh-listings">Refresh</Button>}
      </div>
    </div>
  );
}
