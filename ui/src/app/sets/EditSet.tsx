import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { TextInput } from "@/components/Inputs";
import { useToast } from "@/components/Toasts";
import { StatusDot } from "@/features/deployments/StatusBadge";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import type { DeploymentView, SetView } from "@/ipc/types";

interface Props { set?: SetView; servers: DeploymentView[]; taken: string[]; onClose: () => void }

/** Makes a set or changes what is in it. Its name is a part of its address and stays. */
export function EditSet({ set, servers, taken, onClose }: Props) {
  const say = useToast();
  const cache = useQueryClient();
  const [name, setName] = useState(set?.name ?? "");
  const [chosen, setChosen] = useState(new Set(set?.servers));
  const [complaint, setComplaint] = useState<{ name?: string; servers?: string }>({});
  const save = useMutation({
    mutationFn: () => api.saveSet(name, servers.filter((s) => chosen.has(s.id)).map((s) => s.id)),
    onSuccess: async (saved) => {
      await cache.invalidateQueries({ queryKey: ["settings", "sets"] });
      say({ text: set ? `The set “${saved.name}” is changed` : `The set “${saved.name}” is made` });
      onClose();
    },
    onError: (thrown) => setComplaint({ name: toProblem(thrown).explanation }),
  });
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    const wrong = {
      ...(name.trim() === "" && { name: "Give it a name." }),
      ...(!set && taken.includes(name.trim().toLowerCase()) && { name: "There is a set with this name already." }),
      ...(chosen.size === 0 && { servers: "Choose at least one server." }),
    };
    setComplaint(wrong);
    if (Object.keys(wrong).length === 0) save.mutate();
  };
  const toggle = (id: string) => setChosen((old) => { const next = new Set(old); if (!next.delete(id)) next.add(id); return next; });
  return (
    <Dialog
      open
      onClose={onClose}
      title={set ? `Change the set “${set.name}”` : "New set"}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="set" busy={save.isPending} data-testid="save-set">{set ? "Save" : "Make the set"}</Button>
        </>
      }
    >
      <form id="set" onSubmit={submit} className="flex flex-col gap-5 pt-1">
        {!set && (
          <Field label="Name" help="One word, like “work”. It becomes part of the address." error={complaint.name}>
            {(ids) => <TextInput {...ids} autoFocus value={name} maxLength={40} onChange={(e) => setName(e.target.value)} data-testid="set-name" />}
          </Field>
        )}
        <fieldset>
          <legend className="font-medium">Servers</legend>
          {complaint.servers && <p role="alert" className="text-sm text-bad">{complaint.servers}</p>}
          {set && complaint.name && <p role="alert" className="text-sm text-bad">{complaint.name}</p>}
          <ul className="mt-1.5 flex flex-col">
            {servers.map((server) => (
              <li key={server.id}>
                <label className="-mx-2 flex h-10 items-center gap-3 rounded-lg px-2 hover:bg-raised">
                  <input type="checkbox" checked={chosen.has(server.id)} onChange={() => toggle(server.id)} data-testid={`in-set-${server.slug}`} className="size-4 accent-accent" />
                  <span className="min-w-0 flex-1 truncate">{server.title}</span>
                  <StatusDot status={server.status} spoken />
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
      </form>
    </Dialog>
  );
}
