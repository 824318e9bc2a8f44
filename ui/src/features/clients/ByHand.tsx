import { useQuery } from "@tanstack/react-query";
import { CopyButton } from "@/components/CopyButton";
import { Spinner } from "@/components/Spinner";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import type { ClientView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import type { Subject } from "./subject";

/** The entry for those who edit the file themselves. */
export function ByHand({ client, subject }: { client: ClientView; subject: Subject }) {
  // Shown because the user asked; the token in it is not kept once the dialog is closed.
  const entry = useQuery({ queryKey: ["by-hand", client.kind, subject.key], queryFn: () => api.pasteEntry(client.kind, subject.scope), gcTime: 0 });
  if (entry.isPending) return <Spinner label="Writing the entry" />;
  if (entry.error) return <ProblemCard className="mt-4" problem={toProblem(entry.error)} retry={entry.refetch} />;
  return (
    <div className="mt-4">
      <p className="mb-2 text-sm text-ink-2">Put this into <code className="text-xs [overflow-wrap:anywhere]">{client.file}</code>:</p>
      <div className="relative">
        <pre tabIndex={0} data-testid="by-hand" className="overflow-x-auto rounded-xl border border-line bg-sunken p-3 pr-11 text-xs leading-5">{entry.data}</pre>
        <div className="absolute top-1.5 right-1.5"><CopyButton text={entry.data} what="entry" /></div>
      </div>
    </div>
  );
}
