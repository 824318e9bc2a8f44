import { useQuery } from "@tanstack/react-query";
import { LayoutList, Plug, Plus, Search, Settings2, type LucideIcon } from "lucide-react";
import { NavLink, useNavigate } from "react-router";
import { cx } from "@/components/cx";
import { Mark } from "@/components/Mark";
import { StatusDot } from "@/features/deployments/StatusBadge";
import { words } from "@/features/deployments/status";
import { queries } from "@/ipc/queries";
import { modifier } from "./useKeys";

const item = (active: boolean) =>
  cx("flex h-9 items-center gap-3 rounded-[10px] px-3 transition-colors max-[899px]:justify-center max-[899px]:px-0", active ? "bg-accent-soft text-ink" : "text-ink-2 hover:bg-raised hover:text-ink");
const word = "truncate max-[899px]:sr-only";

export function Sidebar({ onFind }: { onFind: () => void }) {
  const servers = useQuery(queries.deployments());
  const navigate = useNavigate();
  return (
    <nav aria-label="Main" className="flex w-16 shrink-0 flex-col border-r border-line bg-side px-3 py-5 min-[900px]:w-[228px]">
      <div className="mb-6 flex items-center gap-2.5 px-2 max-[899px]:justify-center max-[899px]:px-0">
        <Mark size={30} /><span className={cx("text-lg font-semibold tracking-tight", word)}>Catwalk</span>
      </div>
      <button type="button" onClick={() => void navigate("/new")} data-testid="nav-new" title={`New server (${modifier}N)`} className="mb-2 flex h-10 items-center gap-3 rounded-[10px] border border-line-strong bg-raised px-3 font-medium transition-colors hover:border-accent max-[899px]:justify-center max-[899px]:px-0">
        <span className="primary -ml-0.5 flex size-5 shrink-0 items-center justify-center rounded-md max-[899px]:ml-0"><Plus aria-hidden size={14} strokeWidth={2.6} /></span><span className={word}>New server</span>
      </button>
      <button type="button" onClick={onFind} data-testid="nav-find" title={`Find (${modifier}K)`} className={cx(item(false), "mb-3")}>
        <Search aria-hidden size={16} className="shrink-0" /><span className={cx(word, "flex-1 text-left")}>Find</span>
        <kbd className="rounded border border-line-strong px-1.5 text-[11px] leading-4 text-ink-3 max-[899px]:hidden">{modifier}K</kbd>
      </button>
      <Entry to="/" icon={LayoutList} label="Servers" testId="nav-servers" end />
      <ul aria-label="All servers" className="mt-1 flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto">
        {servers.data?.map((server) => (
          <li key={server.id}>
            <NavLink to={`/servers/${server.id}`} title={`${server.title}: ${words(server.status).label}`} className={({ isActive }) => cx(item(isActive), "-outline-offset-2 min-[900px]:pl-[18px]")}>
              <StatusDot status={server.status} /><span className={cx(word, "text-sm")}>{server.title}</span><span className="sr-only">, {words(server.status).label}</span>
            </NavLink>
          </li>
        ))}
      </ul>
      <Entry to="/apps" icon={Plug} label="AI apps" testId="nav-apps" />
      <Entry to="/settings" icon={Settings2} label="Settings" testId="nav-settings" />
    </nav>
  );
}

function Entry({ to, icon: Icon, label, testId, end }: { to: string; icon: LucideIcon; label: string; testId: string; end?: boolean }) {
  return (
    <NavLink to={to} end={end ?? false} data-testid={testId} title={label} className={({ isActive }) => item(isActive)}>
      <Icon aria-hidden size={16} className="shrink-0" /><span className={word}>{label}</span>
    </NavLink>
  );
}
