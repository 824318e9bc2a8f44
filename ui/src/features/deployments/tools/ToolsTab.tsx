import { useQuery } from "@tanstack/react-query";
import { Search, Wrench } from "lucide-react";
import { useState } from "react";
import { Card } from "@/components/Card";
import { cx } from "@/components/cx";
import { Empty } from "@/components/Empty";
import { TextInput } from "@/components/Inputs";
import { Spinner } from "@/components/Spinner";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView, ToolView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { ToolPanel } from "./ToolPanel";

export function ToolsTab({ server }: { server: DeploymentView }) {
  const ready = server.status.state === "ready";
  const tools = useQuery({ ...queries.tools(server.id, ready ? server.statusAt : 0), enabled: ready });
  if (!ready) return <Asleep server={server} />;
  if (!tools.data) {
    return tools.error ? <ProblemCard problem={toProblem(tools.error)} deployment={server.id} retry={tools.refetch} /> : <Spinner label="Asking the server for its tools" />;
  }
  if (tools.data.length === 0) return <Empty icon={Wrench} title="No tools">This server is up, but it offers no tools. It may still offer prompts or resources to AI apps.</Empty>;
  return <Browser server={server} tools={tools.data} />;
}

function Asleep({ server }: { server: DeploymentView }) {
  const waiting = !["stopped", "failed", "paused", "unhealthy"].includes(server.status.state);
  if (waiting) return <Spinner label="The tools appear here as soon as the server is ready" />;
  return (
    <Empty icon={Wrench} title="The tools appear once the server runs">
      The list comes from the server itself.
    </Empty>
  );
}

function Browser({ server, tools }: { server: DeploymentView; tools: ToolView[] }) {
  const [chosen, setChosen] = useState(tools[0]?.name ?? "");
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = tools.filter((t) => `${t.name} ${t.title ?? ""} ${t.description ?? ""}`.toLowerCase().includes(wanted));
  const tool = tools.find((t) => t.name === chosen) ?? tools[0];
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(190px,260px)_minmax(0,1fr)] gap-4">
      <Card className="flex min-h-0 flex-col overflow-hidden">
        {tools.length > 6 && (
          <div className="relative border-b border-line p-2">
            <Search aria-hidden size={14} className="absolute top-1/2 left-4.5 -translate-y-1/2 text-ink-3" />
            <TextInput type="search" aria-label="Search tools" placeholder={`Search ${tools.length} tools`} value={search} onChange={(e) => setSearch(e.target.value)} className="h-8 pl-8 text-sm" />
          </div>
        )}
        <ul className="min-h-0 flex-1 overflow-y-auto p-2">
          {shown.map((t) => (
            <li key={t.name}>
              <button
                type="button"
                data-testid={`try-${t.name}`}
                aria-current={t.name === tool?.name ? "true" : undefined}
                onClick={() => setChosen(t.name)}
                className={cx("w-full rounded-lg px-3 py-2 text-left -outline-offset-2 transition-colors", t.name === tool?.name ? "bg-accent-soft" : "hover:bg-raised")}
              >
                <span className={cx("block truncate font-mono text-sm", t.name === tool?.name ? "text-accent" : "text-ink")}>{t.name}</span>
                <span className="block truncate text-xs text-ink-3">{t.title ?? t.description ?? "No description"}</span>
              </button>
            </li>
          ))}
          {shown.length === 0 && <li className="px-3 py-2 text-sm text-ink-3">Nothing matches.</li>}
        </ul>
      </Card>
      {tool && <ToolPanel key={tool.name} server={server.id} tool={tool} />}
    </div>
  );
}
