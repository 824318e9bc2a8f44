import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import { Mark } from "@/components/Mark";
import { Page } from "@/components/Page";
import { Spinner } from "@/components/Spinner";
import { Examples } from "@/features/analysis/Examples";
import { PasteBox } from "@/features/analysis/PasteBox";
import { ServerRow } from "@/features/deployments/ServerRow";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { Stale } from "@/problems/Stale";

export function ServersPage() {
  const servers = useQuery(queries.deployments());
  if (servers.data) return servers.data.length === 0 ? <FirstRun /> : <List servers={servers.data} stale={<Stale query={servers} className="mb-5" />} />;
  if (servers.error) return <Page width="text"><ProblemCard problem={toProblem(servers.error)} retry={servers.refetch} /></Page>;
  return <Spinner label="Opening" />;
}

function useStart(): (text: string) => void {
  const navigate = useNavigate();
  return (text) => void navigate("/new", { state: { text } });
}

function FirstRun() {
  const start = useStart();
  const [text, setText] = useState("");
  return (
    <Page width="text" className="items-center justify-center text-center">
      <div className="rise flex w-full flex-col items-center pb-12">
        <Mark size={84} />
        <h1 className="mt-5 text-3xl font-semibold">Paste a link, get a working server</h1>
        <p className="mt-3 max-w-[52ch] text-lg text-balance text-ink-2">Catwalk reads what it is, installs what it needs and connects it to Claude. No terminal, nothing to set up first.</p>
        <div className="mt-8 mb-5 w-full text-left"><PasteBox big autoFocus text={text} onText={setText} onSubmit={start} /></div>
        <Examples centred onPick={setText} />
        <p className="mt-6 text-sm text-ink-3">
          No link yet? <Link to="/new" state={{ find: true }} data-testid="find-server" className="font-medium text-accent hover:underline">Find a server</Link>
        </p>
      </div>
    </Page>
  );
}

function List({ servers, stale }: { servers: DeploymentView[]; stale: ReactNode }) {
  const start = useStart();
  const [text, setText] = useState("");
  const ready = servers.filter((s) => s.status.state === "ready").length;
  return (
    <Page>
      <header className="mb-5">
        <h1 className="text-2xl font-semibold">Servers</h1>
        <p className="mt-1 text-ink-2" role="status">{ready} of {servers.length} ready</p>
      </header>
      {stale}
      <PasteBox text={text} onText={setText} onSubmit={start} />
      <ul aria-label="Servers" className="mt-5 flex flex-col gap-3">
        {servers.map((server) => <ServerRow key={server.id} server={server} />)}
      </ul>
    </Page>
  );
}
