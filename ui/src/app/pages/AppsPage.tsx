import { useQuery } from "@tanstack/react-query";
import { Plus, Server } from "lucide-react";
import { useNavigate } from "react-router";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Page } from "@/components/Page";
import { Spinner } from "@/components/Spinner";
import { ClientCards } from "@/features/clients/ClientCards";
import { ALL } from "@/features/clients/subject";
import { Endpoint } from "@/features/deployments/EndpointCard";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { Sets } from "../sets/Sets";

/** All servers, or some of them, in an AI app by one entry. */
export function AppsPage() {
  const servers = useQuery(queries.deployments());
  if (servers.error) return <Page width="text"><ProblemCard problem={toProblem(servers.error)} retry={servers.refetch} /></Page>;
  if (!servers.data) return <Spinner label="Opening" />;
  return (
    <Page>
      <header className="mb-6">
        <h1 className="text-2xl font-semibold">AI apps</h1>
        <p className="mt-1 max-w-[68ch] text-ink-2">Connect an app once and it has all your servers, also those you add later. To give an app a single server, open that server.</p>
      </header>
      {servers.data.length === 0 ? <Nothing /> : <Connected servers={servers.data} />}
    </Page>
  );
}

function Nothing() {
  const navigate = useNavigate();
  return (
    <Empty icon={Server} title="No server yet" action={<Button variant="primary" icon={Plus} onClick={() => void navigate("/new")}>New server</Button>}>
      An app can be connected as soon as there is a server for it.
    </Empty>
  );
}

function Connected({ servers }: { servers: DeploymentView[] }) {
  const all = useQuery(queries.all());
  return (
    <div className="flex flex-col gap-7">
      <ClientCards subject={ALL} title="All servers in one entry" />
      {all.data && (
        <Endpoint url={all.data.url} entryName="catwalk" reveal={() => api.endpointOfMany(null, true)} hint="One address for all servers. Tools carry their server’s name in front; an app that takes few tools gets two that find and call the others." />
      )}
      <Sets servers={servers} />
    </div>
  );
}
