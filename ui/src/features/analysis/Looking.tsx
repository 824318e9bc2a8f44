import { Check, LoaderCircle } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Visible } from "@/components/Exact";
import { Progress } from "@/components/Progress";
import { useEvents } from "@/ipc/events";
import type { Event, Progress as Told, Step } from "@/ipc/types";

const STEPS: Record<Step, string> = {
  resolve: "Looking it up",
  tree: "Listing its files",
  files: "Reading the files that matter",
  packages: "Asking the package registries",
  server: "Asking the server",
  merge: "Putting it together",
};

/** The number that a step gives, in words. */
function counted({ step, done, total }: Told): string | null {
  if (step === "tree" && done > 0) return `${done} found`;
  return step === "files" && total > 0 ? `${done} of ${total}` : null;
}

/** While the analysis runs: each step as it comes, with its numbers. */
export function Looking({ text, onCancel }: { text: string; onCancel: () => void }) {
  const [seconds, setSeconds] = useState(0);
  const [told, setTold] = useState<Told[]>([]);
  const hear = useCallback((event: Event) => {
    const next = event.progress;
    if (next) setTold((before) => [...before.filter((p) => p.step !== next.step), next]);
  }, []);
  useEvents(hear);
  const reading = told.find((p) => p.step === "files" && p.total > 0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((s) => s + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Card className="rise p-6">
      <div className="flex items-start justify-between gap-6">
        <div className="min-w-0">
          <h2 role="status" className="text-lg font-semibold">Reading what this is</h2>
          <p className="mt-1 text-ink-2">Its description, its settings and who published it. Nothing is installed or started.</p>
        </div>
        <Button size="sm" onClick={onCancel} data-testid="cancel-analysis">Cancel</Button>
      </div>
      <pre className="mt-4 max-h-32 overflow-auto rounded-xl border border-line bg-sunken px-4 py-3 text-sm whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]"><Visible text={text.replaceAll("\n", " ").replaceAll(/ {2,}/g, " ")} /></pre>
      <div className="mt-5"><Progress label="Reading" done={reading?.done ?? null} total={reading?.total ?? null} /></div>
      {told.length > 0 && (
        <ol className="mt-4 flex flex-col gap-1.5" data-testid="steps" aria-label="Steps">
          {told.map((step, index) => {
            const under = index === told.length - 1;
            const Icon = under ? LoaderCircle : Check;
            const number = counted(step);
            return (
              <li key={step.step} data-step={step.step} className="flex items-baseline gap-2.5 text-sm">
                <Icon aria-hidden size={14} className={under ? "shrink-0 translate-y-0.5 animate-spin text-accent" : "shrink-0 translate-y-0.5 text-ok"} />
                <span className={under ? "" : "text-ink-2"}>{STEPS[step.step]}</span>
                {number && <span className="text-ink-2 tabular-nums">{number}</span>}
                <span className="min-w-0 flex-1 truncate font-mono text-xs text-ink-3"><Visible text={step.about} /></span>
              </li>
            );
          })}
        </ol>
      )}
      <p className="mt-2 text-xs text-ink-3 tabular-nums" aria-hidden>{seconds < 3 ? "This takes a moment" : seconds < 10 ? `${seconds} s` : `${seconds} s. The other side answers slowly.`}</p>
    </Card>
  );
}
