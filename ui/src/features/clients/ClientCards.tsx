import { useQuery } from "@tanstack/react-query";
import { Spinner } from "@/components/Spinner";
import { useNow } from "@/components/useNow";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { ago } from "@/text/time";
import { ClientCard } from "./ClientCard";

/** The AI apps found on this computer, with one click each. */
export function ClientCards({ server }: { server: DeploymentView }) {
  const clients = useQuery(queries.clients());
  const links = useQuery(queries.links());
  if (clients.isPending) return <Spinner label="Looking for AI apps" />;
  if (clients.error) return <ProblemCard problem={toProblem(clients.error)} retry={() => void clients.refetch()} />;
  const mine = links.data?.filter((l) => l.deployment === server.id) ?? [];
  return (
    <section aria-label="AI apps">
      <h2 className="text-base font-semibold">AI apps on this computer</h2>
      <p className="mt-0.5 mb-3 text-sm text-ink-2">You see the exact change before anything is written, and can undo it afterwards.</p>
      <ul className="grid grid-cols-1 gap-3 min-[900px]:grid-cols-2">
        {clients.data.map((client) => (
          <ClientCard key={client.kind} client={client} server={server} link={mine.filter((l) => l.kind === client.kind).at(-1)} />
        ))}
      </ul>
      {clients.data.some((c) => c.connected.includes(server.id)) && <LastCall server={server} />}
    </section>
  );
}

function LastCall({ server }: { server: DeploymentView }) {
  const now = useNow(1000);
  const call = server.lastCall;
  return (
    <p role="status" data-testid="last-call" className="mt-3 flex items-center gap-2.5 text-sm text-ink-2">
      <span className={call ? "size-2 rounded-full bg-teal" : "breathe size-2 rounded-full bg-accent"} />
      {call ? <span>{call.client} called <code className="text-ink">{call.tool ?? "the server"}</code> {ago(call.at, now)}{call.ok ? "" : ", and it failed"}</span> : "Waiting for the first call…"}
    </p>
  );
}
