import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Info } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Spinner } from "@/components/Spinner";
import { useToast } from "@/components/Toasts";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import type { ClientView, ConnectPlan } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { ByHand } from "./ByHand";
import { Diff } from "./Diff";
import type { Subject } from "./subject";

interface Props { client: ClientView; subject: Subject; verb: "connect" | "disconnect"; onClose: () => void; onUndo: (link: string) => void }

/** The exact change to another app's file, before it is made. */
export function PlanDialog({ client, subject, verb, onClose, onUndo }: Props) {
  const say = useToast();
  const cache = useQueryClient();
  const [key] = useState(() => Date.now());
  const plan = useQuery({
    queryKey: ["plan", verb, client.kind, subject.key, key],
    queryFn: () => (verb === "connect" ? api.planConnect(client.kind, subject.scope) : api.planDisconnect(client.kind, subject.scope)),
    // A plan holds for the file as it was read; it is never shown twice.
    gcTime: 0,
    retry: false,
  });
  const apply = useMutation({
    mutationFn: (id: string) => api.applyConnect(id),
    onSuccess: async (link) => {
      await cache.invalidateQueries({ queryKey: ["clients"] });
      say({ text: verb === "connect" ? `${subject.title} is in ${client.name}` : `${subject.title} was taken out of ${client.name}`, ...(link && { key: link.id, action: { label: "Undo", testId: "toast-undo", run: () => onUndo(link.id) } }) });
      onClose();
    },
  });
  const title = verb === "connect" ? `Connect ${client.name}` : `Disconnect ${client.name}`;
  const [byHand, setByHand] = useState(false);
  const failed = apply.error ?? plan.error;
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      hint={<>Catwalk changes this one file and keeps a copy of it as it is now.<br /><code className="text-xs [overflow-wrap:anywhere] text-ink-3">{plan.data?.file ?? client.file}</code></>}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!plan.data} busy={apply.isPending} onClick={() => { if (plan.data) apply.mutate(plan.data.planId); }} data-testid="apply-connect">
            {verb === "connect" ? "Make this change" : "Take it out"}
          </Button>
        </>
      }
    >
      {failed ? (
        <>
        <ProblemCard problem={toProblem(failed)} {...(subject.scope.kind === "server" && { deployment: subject.scope.id })} retry={() => { apply.reset(); void plan.refetch(); }} copyEntry={() => setByHand(true)} />
        {byHand && <ByHand client={client} subject={subject} />}
        </>
      ) : plan.data ? (
        <Change plan={plan.data} />
      ) : (
        <Spinner label="Reading the file" />
      )}
    </Dialog>
  );
}

function Change({ plan }: { plan: ConnectPlan }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-ink-2">It appears there as <code className="text-ink">{plan.entryName}</code>.</p>
      <Diff lines={plan.diff} />
      {plan.note && <p className="flex gap-2.5 text-sm text-ink-2"><Info aria-hidden size={16} className="mt-0.5 shrink-0 text-accent" />{plan.note}</p>}
    </div>
  );
}
