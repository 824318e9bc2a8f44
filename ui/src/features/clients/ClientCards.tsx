import { useQuery } from "@tanstack/react-query";
import { ExternalLink, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/Button";
import { Spinner } from "@/components/Spinner";
import { useNow } from "@/components/useNow";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { useOpenUrl } from "@/problems/useOpenUrl";
import { ago } from "@/text/time";
import { ClientCard } from "./ClientCard";
import { isConnected, lastLink, ofServer, type Subject } from "./subject";

/** The AI apps found on this computer, with one click each to use this server. */
export function ServerClients({ server }: { server: DeploymentView }) {
  const clients = useQuery(queries.clients());
  const subject = ofServer(server);
  return <ClientCards subject={subject}>{clients.data?.some((c) => isConnected(c, subject)) && <LastCall server={server} />}</ClientCards>;
}

/** The AI apps found on this computer, each with its button. */
export function ClientCards({ subject, title = "AI apps", children }: { subject: Subject; title?: string; children?: ReactNode }) {
  const clients = useQuery(queries.clients());
  const links = useQuery(queries.links());
  if (!clients.data) return clients.error ? <ProblemCard problem={toProblem(clients.error)} retry={clients.refetch} /> : <Spinner label="Looking for AI apps" />;
  const found = clients.data.some((c) => c.installed);
  return (
    <section aria-label={title}>
      <header className="mb-3 flex items-start justify-between gap-4">
        <div>
          <h2 className="text-base font-semibold">{title}</h2>
          <p className="mt-0.5 text-sm text-ink-2">{found ? "You see the exact change before anything is written, and can undo it afterwards." : <GetOne />}</p>
        </div>
        {clients.data.some((c) => !c.installed) && <Button size="sm" icon={RotateCw} busy={clients.isFetching} onClick={() => void clients.refetch()} data-testid="look-again">Look again</Button>}
      </header>
      <ul className="grid grid-cols-1 gap-3 min-[900px]:grid-cols-2">
        {clients.data.map((client) => (
          <ClientCard key={client.kind} client={client} subject={subject} link={lastLink(links.data, client, subject)} />
        ))}
      </ul>
      {found && <p className="mt-3 text-sm text-ink-2">Keep Catwalk open: your AI apps reach their servers through it.</p>}
      {children}
    </section>
  );
}

/** Where to get an app when there is none. */
function GetOne() {
  const openUrl = useOpenUrl();
  return (
    <>
      No AI app that Catwalk can connect was found on this computer.{" "}
      <button type="button" onClick={() => openUrl("https://claude.ai/download")} className="inline-flex items-center gap-1 rounded text-accent hover:underline">Get Claude<ExternalLink aria-hidden size={12} /></button>,
      {" "}start it once and look again.
    </>
  );
}

function LastCall({ server }: { server: DeploymentView }) {
  const now = useNow(1000);
  const call = server.lastCall;
  return (
    <p data-testid="last-call" className="mt-3 flex items-center gap-2.5 text-sm text-ink-2">
      <span className={call ? "size-2 rounded-full bg-teal" : "breathe size-2 rounded-full bg-accent"} />
      <span>
        <span role="status">{call ? <>{call.client} called <code className="text-ink">{call.tool ?? "the server"}</code>{call.ok ? "" : ", and it failed,"}</> : "Waiting for the first call…"}</span>
        {call && ` ${ago(call.at, now)}`}
      </span>
    </p>
  );
}
