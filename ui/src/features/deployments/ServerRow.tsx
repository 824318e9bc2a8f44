import { ChevronRight } from "lucide-react";
import { Link } from "react-router";
import { Card } from "@/components/Card";
import { useNow } from "@/components/useNow";
import type { DeploymentView } from "@/ipc/types";
import { ago } from "@/text/time";
import { StatusBadge } from "./StatusBadge";
import { origin, sourceLine } from "./source";

/** One server in the list: the whole row is the link. */
export function ServerRow({ server }: { server: DeploymentView }) {
  const now = useNow();
  const { icon: Icon } = origin(server.source);
  const call = server.lastCall;
  return (
    <li>
      <Card className="group relative flex items-center gap-4 px-5 py-4 transition-colors focus-within:border-line-strong hover:border-line-strong hover:bg-raised/60">
        <span className="flex size-10 shrink-0 items-center justify-center rounded-xl bg-accent-soft text-accent"><Icon aria-hidden size={18} /></span>
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-lg leading-6 font-semibold">
            <Link to={`/servers/${server.id}`} data-testid={`server-${server.slug}`} className="outline-none after:absolute after:inset-0 after:rounded-2xl focus-visible:after:outline-2 focus-visible:after:outline-accent">{server.title}</Link>
          </h2>
          <p className="truncate text-sm text-ink-2">
            {sourceLine(server)}{server.version && ` · ${server.version}`}
          </p>
        </div>
        <div className="flex max-w-[44%] min-w-0 flex-col items-end gap-0.5 text-right">
          <StatusBadge status={server.status} testId={`status-${server.slug}`} />
          <span className="max-w-full truncate text-xs text-ink-3">
            {call?.tool ? <>{call.client} called <code>{call.tool}</code> {ago(call.at, now)}</> : "No calls yet"}
          </span>
        </div>
        <ChevronRight aria-hidden size={16} className="shrink-0 text-ink-3 transition-transform group-hover:translate-x-0.5" />
      </Card>
    </li>
  );
}
