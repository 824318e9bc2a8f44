import { useMutation } from "@tanstack/react-query";
import { Pencil, Plug, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { Confirm, Dialog } from "@/components/Dialog";
import { useToast } from "@/components/Toasts";
import { ClientCards } from "@/features/clients/ClientCards";
import { ofSet } from "@/features/clients/subject";
import { Endpoint } from "@/features/deployments/EndpointCard";
import { api } from "@/ipc/client";
import type { DeploymentView, SetView } from "@/ipc/types";
import { useSayFailure } from "@/problems/useSayFailure";
import { EditSet } from "./EditSet";

type Open = "edit" | "connect" | "delete";

/** A set: what is in it, where it is, and what one does with it. */
export function SetRow({ set, servers }: { set: SetView; servers: DeploymentView[] }) {
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const inside = servers.filter((s) => set.servers.includes(s.id)).map((s) => s.title);
  return (
    <li data-testid={`set-${set.name}`} className="flex min-h-14 items-center gap-3 border-b border-line py-2 last:border-0">
      <div className="min-w-0 flex-1">
        <h3 className="font-medium">{set.name}</h3>
        <p className="truncate text-sm text-ink-2" title={inside.join(", ")}>{inside.length > 0 ? inside.join(", ") : "No server in it"}</p>
      </div>
      <CopyButton text={set.url} what="address" />
      <Button size="sm" variant="soft" icon={Plug} onClick={() => setOpen("connect")} data-testid={`connect-set-${set.name}`}>Connect…</Button>
      <span className="flex">
        <IconButton icon={Pencil} label={`Change the set ${set.name}`} onClick={() => setOpen("edit")} data-testid={`edit-set-${set.name}`} />
        <IconButton icon={Trash2} danger label={`Delete the set ${set.name}`} onClick={() => setOpen("delete")} data-testid={`delete-set-${set.name}`} />
      </span>
      {open === "edit" && <EditSet set={set} servers={servers} taken={[]} onClose={close} />}
      <Dialog open={open === "connect"} onClose={close} title={`Connect the set “${set.name}”`} hint={inside.join(", ")}>
        <div className="flex flex-col gap-5 pt-2">
          <ClientCards subject={ofSet(set)} />
          <Endpoint url={set.url} entryName={`catwalk-${set.name}`} reveal={() => api.endpointOfMany(set.name, true)} />
        </div>
      </Dialog>
      <Delete set={set} open={open === "delete"} onClose={close} />
    </li>
  );
}

function Delete({ set, open, onClose }: { set: SetView; open: boolean; onClose: () => void }) {
  const say = useToast();
  const remove = useMutation({
    mutationFn: () => api.deleteSet(set.name),
    onSuccess: () => say({ text: `The set “${set.name}” is gone` }),
    onError: useSayFailure(),
    onSettled: onClose,
  });
  return (
    <Confirm open={open} onClose={onClose} onConfirm={() => remove.mutate()} busy={remove.isPending} title={`Delete the set “${set.name}”?`} action="Delete" testId="confirm-delete-set">
      Its servers stay. Apps that use the set lose it: Catwalk takes its entry out of those that it connected.
    </Confirm>
  );
}
