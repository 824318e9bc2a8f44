import { useQuery } from "@tanstack/react-query";
import { ArrowRight, PartyPopper } from "lucide-react";
import { Link, useLocation, useParams } from "react-router";
import { Card } from "@/components/Card";
import { Disclosure } from "@/components/Disclosure";
import { Page } from "@/components/Page";
import { Spinner } from "@/components/Spinner";
import { Steps } from "@/components/Steps";
import { ServerClients } from "@/features/clients/ClientCards";
import { EndpointCard } from "@/features/deployments/EndpointCard";
import { Launch } from "@/features/deployments/Launch";
import { StatusBadge } from "@/features/deployments/StatusBadge";
import { problemOf } from "@/features/deployments/status";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { Stale } from "@/problems/Stale";
import { stepsFor } from "./steps";

/** From Allow to Ready, live; then the endpoint and the AI apps. */
export function LaunchPage() {
  const { id = "" } = useParams();
  const server = useQuery(queries.deployment(id));
  const steps = stepsFor((useLocation().state as { asked?: boolean } | null)?.asked ?? false);
  if (!server.data) {
    return server.error ? <Page width="text"><ProblemCard problem={toProblem(server.error)} retry={server.refetch} /></Page> : <Spinner label="Opening" />;
  }
  const ready = server.data.status.state === "ready";
  return (
    <Page>
      <Steps steps={steps} at={steps.length - (ready ? 1 : 2)} />
      <header className="rise mt-7 mb-5 flex flex-wrap items-center justify-between gap-4">
        <div className="min-w-0">
          <h1 className="flex items-center gap-3 text-2xl font-semibold">
            {ready && <PartyPopper aria-hidden size={22} className="shrink-0 text-teal" />}
            {ready ? `${server.data.title} is ready` : server.data.title}
          </h1>
          <div className="mt-1"><StatusBadge status={server.data.status} live /></div>
        </div>
        <Link to={`/servers/${id}`} data-testid="open-server" className="inline-flex h-9 items-center gap-2 rounded-[10px] border border-line-strong bg-surface px-4 font-medium hover:bg-raised">
          {ready ? "Try its tools" : "Open the server"}<ArrowRight aria-hidden size={16} />
        </Link>
      </header>
      <Stale query={server} className="mb-5" />
      {ready ? <Arrived server={server.data} /> : <UnderWay server={server.data} />}
    </Page>
  );
}

function UnderWay({ server }: { server: DeploymentView }) {
  const problem = problemOf(server.status);
  return (
    <div className="flex flex-col gap-4">
      {problem && <ProblemCard problem={problem} deployment={server.id} />}
      <Card className="p-6"><Launch server={server} /></Card>
    </div>
  );
}

function Arrived({ server }: { server: DeploymentView }) {
  return (
    <div className="rise flex flex-col gap-6">
      <ServerClients server={server} />
      <EndpointCard server={server} />
      <Disclosure title="How it got here" data-testid="launch-details"><Card className="p-6"><Launch server={server} /></Card></Disclosure>
    </div>
  );
}
