import { useQuery } from "@tanstack/react-query";
import { History, Plug, ScrollText, SlidersHorizontal, Wrench } from "lucide-react";
import { useMemo } from "react";
import { useLocation, useNavigate, useParams } from "react-router";
import { Card } from "@/components/Card";
import { cx } from "@/components/cx";
import { Page } from "@/components/Page";
import { Spinner } from "@/components/Spinner";
import { TabBar } from "@/components/TabBar";
import { ServerClients } from "@/features/clients/ClientCards";
import { EndpointCard } from "@/features/deployments/EndpointCard";
import type { Asked } from "@/features/deployments/form/AnswerForm";
import { HistoryTab } from "@/features/deployments/HistoryTab";
import { Launch } from "@/features/deployments/Launch";
import { LogTab } from "@/features/deployments/LogTab";
import { ServerHeader } from "@/features/deployments/ServerHeader";
import { SettingsTab } from "@/features/deployments/SettingsTab";
import { problemOf } from "@/features/deployments/status";
import { ToolsTab } from "@/features/deployments/tools/ToolsTab";
import { useIsRemoving } from "@/features/deployments/useAct";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { Stale } from "@/problems/Stale";

const TABS = [
  { value: "tools", label: "Tools", icon: Wrench },
  { value: "log", label: "Log", icon: ScrollText },
  { value: "connect", label: "Connect", icon: Plug },
  { value: "settings", label: "Settings", icon: SlidersHorizontal },
  { value: "history", label: "History", icon: History },
];
const LAUNCHING = ["queued", "checking", "installing", "starting", "testing"];

/** One server: its state, and everything one looks after. */
export function ServerPage() {
  const { id = "", tab = "tools" } = useParams();
  const navigate = useNavigate();
  const server = useQuery(queries.deployment(id));
  const removing = useIsRemoving(id);
  if (!server.data) {
    return server.error ? <Page width="text"><ProblemCard problem={toProblem(server.error)} retry={server.refetch} /></Page> : <Spinner label="Opening" />;
  }
  const problem = problemOf(server.data.status) ?? server.data.signIn?.problem;
  const fills = tab === "log" || (tab === "tools" && server.data.status.state === "ready");
  return (
    <Page key={id} fill={fills}>
      {!removing && <Stale query={server} className="mb-4" />}
      <ServerHeader server={server.data} />
      {problem && <ProblemCard className="mt-5" problem={problem} deployment={id} brief={tab === "log"} />}
      {/* What fills the page keeps a height worth having; where the window is lower than that, the page scrolls. */}
      <div className={cx("mt-5 flex flex-1 flex-col", fills ? "min-h-[380px] pb-6" : "min-h-0")}>
        <TabBar label="About this server" tabs={TABS} value={tab} onChange={(next) => void navigate(`/servers/${id}/${next}`, { replace: true })}>
          <Tab tab={tab} server={server.data} />
        </TabBar>
      </div>
    </Page>
  );
}

function Tab({ tab, server }: { tab: string; server: DeploymentView }) {
  const focus = useFieldAsked();
  switch (tab) {
    case "log": return <LogTab id={server.id} />;
    case "connect": return <div className="flex flex-col gap-6"><ServerClients server={server} /><EndpointCard server={server} /></div>;
    case "settings": return <SettingsTab server={server} focus={focus} />;
    case "history": return <HistoryTab id={server.id} />;
    default:
      return LAUNCHING.includes(server.status.state) ? <Card className="p-6"><Launch server={server} /></Card> : <ToolsTab server={server} />;
  }
}

/** The field that a problem's button leads to. Each press is a visit of its own, so the same button works twice. */
function useFieldAsked(): Asked | null {
  const { key, search } = useLocation();
  return useMemo(() => {
    const field = new URLSearchParams(search).get("field");
    return field === null ? null : { field: field === "" ? null : field, visit: key };
  }, [key, search]);
}
