import { useMutation } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { Button } from "@/components/Button";
import { Visible } from "@/components/Exact";
import { api } from "@/ipc/client";
import type { Analyzed, Dispute } from "@/ipc/types";
import { useSayFailure } from "@/problems/useSayFailure";
import { claim } from "./facts";
import { Place } from "./Place";

interface Props { draft: string; number: number; dispute: Dispute; onTaken: (found: Analyzed) => void }

/** Two places that say different things: both, which one counts, and the other one click away. */
export function Differs({ draft, number, dispute, onTaken }: Props) {
  const failed = useSayFailure();
  const take = useMutation({ mutationFn: (side: number) => api.takeSide(draft, number, side), onSuccess: onTaken, onError: failed });
  return (
    <div className="mt-2 rounded-md border border-line p-2.5" data-testid="dispute">
      <p className="flex items-center gap-2 text-sm text-ink-2"><GitCompareArrows aria-hidden size={14} className="text-warn" />What is said of it differs.</p>
      <ul className="mt-1 flex flex-col gap-1.5">
        {dispute.sides.map((side, index) => (
          <li key={index} className="flex items-start gap-3" data-taken={index === dispute.taken}>
            <div className="min-w-0 flex-1">
              <p className="text-sm [overflow-wrap:anywhere]">It <Visible text={claim(side)} />{index === dispute.taken && <strong className="font-medium"> · taken</strong>}</p>
              <Place source={side.source} />
            </div>
            {index !== dispute.taken && <Button size="sm" busy={take.isPending} onClick={() => take.mutate(index)} data-testid={`take-${number}-${index}`}>Take this</Button>}
          </li>
        ))}
      </ul>
    </div>
  );
}
