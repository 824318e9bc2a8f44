import { Play, RotateCw, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { Confirm } from "@/components/Dialog";
import { useNow } from "@/components/useNow";
import type { DeploymentView } from "@/ipc/types";
import { ago } from "@/text/time";
import { StatusBadge } from "./StatusBadge";
import { isUp } from "./status";
import { useAct, useRemove } from "./useAct";

/** Name, live status and the four things one does to a server. */
export function ServerHeader({ server }: { server: DeploymentView }) {
  const act = useAct(server.id);
  const now = useNow();
  const up = isUp(server.status);
  const doing = act.isPending ? act.variables : null;
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-2xl font-semibold" title={server.title}>{server.title}</h1>
        <div className="mt-1 flex min-w-0 items-center gap-2 text-sm">
          <StatusBadge status={server.status} live />
          <span className="shrink-0 text-ink-3">· {ago(server.statusAt, now)}</span>
        </div>
      </div>
      <div className="flex items-center gap-2">
        {up ? (
          <Button icon={Square} busy={doing === "stop"} onClick={() => act.mutate("stop")} data-testid="stop">Stop</Button>
        ) : (
          <Button variant="primary" icon={Play} busy={doing === "start"} disabled={server.status.state === "stopping"} onClick={() => act.mutate("start")} data-testid="start">Start</Button>
        )}
        {up && <Button icon={RotateCw} busy={doing === "restart"} onClick={() => act.mutate("restart")} data-testid="restart">Restart</Button>}
        <Delete server={server} />
      </div>
    </header>
  );
}

function Delete({ server }: { server: DeploymentView }) {
  const [asking, setAsking] = useState(false);
  const remove = useRemove(server.id);
  return (
    <>
      <IconButton icon={Trash2} label="Delete server" danger onClick={() => setAsking(true)} data-testid="delete" />
      <Confirm open={asking} onClose={() => setAsking(false)} onConfirm={() => remove.mutate(undefined, { onError: () => setAsking(false) })} busy={remove.isPending} title={`Delete ${server.title}?`} action="Delete" testId="confirm-delete">
        It is stopped, and its files, its log and its saved answers are removed from this computer. AI apps that use it lose it. This cannot be undone.
      </Confirm>
    </>
  );
}
