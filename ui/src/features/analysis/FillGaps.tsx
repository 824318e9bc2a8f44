import { useMutation, useQuery } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { Analyzed, FillResult } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { useSayFailure } from "@/problems/useSayFailure";

const dollars = (amount: number): string => (amount === 0 ? "free" : amount < 0.01 ? "less than 1 cent" : `$${amount.toFixed(2)}`);

/** What was not found, and a model that may look for it. Nothing is sent before the button that says so is pressed. */
export function FillGaps({ draft, onFilled }: { draft: string; onFilled: (found: Analyzed) => void }) {
  const model = useQuery(queries.modelSettings());
  const failed = useSayFailure();
  const [filled, setFilled] = useState<FillResult | null>(null);
  const estimate = useMutation({ mutationFn: () => api.estimateFill(draft) });
  const fill = useMutation({ mutationFn: () => api.fillGaps(draft), onSuccess: (result) => { setFilled(result); onFilled(result.analyzed); } });
  if (model.data?.provider == null) return null;
  const error = fill.error ?? estimate.error;
  const problem = error ? toProblem(error) : null;
  return (
    <Section title="Fill the gaps with a model" hint={`${model.data.name ?? "The model"} can read the files and fill gaps. It cannot change what runs.`}>
      {filled ? (
        <p role="status" data-testid="filled" className="text-sm text-ink-2">
          {filled.facts.length === 0 ? "It found nothing more." : `${filled.facts.length === 1 ? "One fact is" : `${filled.facts.length} facts are`} from the model; look above.`}
          {filled.leftOut.length > 0 && ` Left out, because no file has it: ${filled.leftOut.join(", ")}.`}
          {` ${filled.tokens} tokens${filled.dollars === null ? "" : `, ${dollars(filled.dollars)}`}.`}
        </p>
      ) : estimate.data ? (
        <>
          <p className="text-sm text-ink-2">
            {estimate.data.gaps.length > 0 ? `Not known yet: ${estimate.data.gaps.join(", ")}. ` : "Nothing obvious is missing. "}
            {`${estimate.data.files.join(", ")} (about ${estimate.data.tokens} tokens) ${estimate.data.local ? "stay with your own model server" : `will be sent to ${estimate.data.provider}`}`}
            {estimate.data.dollars === null ? "." : `, at most ${dollars(estimate.data.dollars)}.`}
          </p>
          <div className="mt-3 flex gap-2">
            <Button variant="soft" icon={Sparkles} busy={fill.isPending} onClick={() => fill.mutate()} data-testid="fill-gaps">Ask {estimate.data.model}</Button>
            {fill.isPending && <Button variant="ghost" onClick={() => { api.cancelFill().catch(failed); }} data-testid="cancel-fill">Stop</Button>}
          </div>
        </>
      ) : (
        <Button icon={Sparkles} busy={estimate.isPending} onClick={() => estimate.mutate()} data-testid="estimate-fill">Look with {model.data.name ?? "the model"}…</Button>
      )}
      {problem && problem.code !== "cancelled" && <ProblemCard className="mt-3" problem={problem} retry={() => (estimate.data ? fill.mutate() : estimate.mutate())} />}
    </Section>
  );
}
