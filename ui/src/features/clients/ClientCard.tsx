import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Plug, Undo2, Unplug } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { useToast } from "@/components/Toasts";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import type { ClientLink, ClientView } from "@/ipc/types";
import { ClientIcon } from "./ClientIcon";
import { PlanDialog } from "./PlanDialog";
import { isConnected, type Subject } from "./subject";

interface Props { client: ClientView; subject: Subject; link: ClientLink | undefined }

export function ClientCard({ client, subject, link }: Props) {
  const [planning, setPlanning] = useState<"connect" | "disconnect" | null>(null);
  const undo = useUndo(client.name);
  const connected = isConnected(client, subject);
  return (
    <li>
      <Card className="flex h-full flex-col p-4">
        <div className="flex items-center gap-3">
          <ClientIcon kind={client.kind} />
          <div className="min-w-0 flex-1">
            <h3 className="font-semibold">{client.name}</h3>
            <p className="truncate text-xs text-ink-3" title={client.file}>{client.installed ? client.file : "Not found on this computer"}</p>
          </div>
          {!connected && client.all && subject.scope.kind === "server" && <Badge tone="ok" icon={CircleCheck}>Has all servers</Badge>}
          {connected && <Badge tone="ok" icon={CircleCheck}>Connected</Badge>}
        </div>
        <div className="mt-4 flex gap-2">
          {connected ? (
            <>
              {link && <Button size="sm" icon={Undo2} busy={undo.isPending} onClick={() => undo.mutate(link.id)} data-testid="undo-connect">Undo</Button>}
              <Button size="sm" variant="ghost" icon={Unplug} onClick={() => setPlanning("disconnect")} data-testid={`disconnect-${client.kind}`}>Disconnect…</Button>
            </>
          ) : (
            <Button size="sm" variant={client.installed ? "soft" : "secondary"} icon={Plug} disabled={!client.installed} onClick={() => setPlanning("connect")} data-testid={`connect-${client.kind}`}>Connect…</Button>
          )}
        </div>
      </Card>
      {planning && <PlanDialog client={client} subject={subject} verb={planning} onClose={() => setPlanning(null)} onUndo={(id) => undo.mutate(id)} />}
    </li>
  );
}

function useUndo(name: string) {
  const say = useToast();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (link: string) => api.undoConnect(link),
    onSuccess: (_, link) => { say({ key: link, text: `${name} is as it was before` }); return cache.invalidateQueries({ queryKey: ["clients"] }); },
    onError: (thrown) => say({ tone: "bad", text: toProblem(thrown).explanation }),
  });
}
