import { Check, Minus, X } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { cx } from "@/components/cx";
import { Progress } from "@/components/Progress";
import { queries } from "@/ipc/queries";
import type { DeploymentView, Status } from "@/ipc/types";
import { bytes, clock, took } from "@/text/time";
import { phases, type Phase, type PhaseName } from "./phases";
import { count } from "./status";

const TEXT: Record<PhaseName, { title: string; doing: string }> = {
  checking: { title: "Checking", doing: "Looking at your answers, the keys and what is already on disk" },
  installing: { title: "Installing", doing: "Putting the exact version on disk" },
  starting: { title: "Starting", doing: "Starting the server" },
  testing: { title: "Testing", doing: "Asking the server for its tools" },
  ready: { title: "Ready", doing: "Answers calls" },
};

/** The live way from Allow to Ready. */
export function Launch({ server }: { server: DeploymentView }) {
  const history = useQuery(queries.history(server.id));
  const steps = phases(server.target, history.data ?? [], server.status);
  return (
    <ol aria-label="Progress" className="flex flex-col">
      {steps.map((step, index) => <Step key={step.name} step={step} status={server.status} last={index === steps.length - 1} />)}
    </ol>
  );
}

function Step({ step, status, last }: { step: Phase; status: Status; last: boolean }) {
  const { title, doing } = TEXT[step.name];
  const active = step.state === "now";
  const installing = active && status.state === "installing" ? status : null;
  return (
    <li data-testid={`phase-${step.name}`} data-phase={step.state} aria-current={active ? "step" : undefined} className="flex gap-4">
      <div className="flex flex-col items-center">
        <Bullet state={step.state} />
        {!last && <span className={cx("my-1 w-px flex-1", step.state === "done" ? "bg-teal/50" : "bg-line-strong")} />}
      </div>
      <div className={cx("min-w-0 flex-1 pt-0.5", last ? "pb-0" : "pb-6")}>
        <div className="flex items-baseline justify-between gap-4">
          <span className={cx("font-medium", step.state === "open" ? "text-ink-3" : "text-ink", step.state === "failed" && "text-bad")}>{title}</span>
          <span className="shrink-0 text-xs text-ink-3 tabular-nums">
            {step.state === "skipped" ? "not needed" : step.from !== null && clock(step.from)}
            {step.from !== null && step.to !== null && step.name !== "ready" && ` · ${took(step.to - step.from)}`}
          </span>
        </div>
        {active && <p className="truncate text-sm text-ink-2">{installing ? installing.step : doing}</p>}
        {step.name === "ready" && status.state === "ready" && <p className="text-sm text-ink-2">It offers {count(status.tools)}.</p>}
        {installing && (
          <div className="mt-2.5">
            <Progress label={installing.step} done={installing.done} total={installing.total} />
            {installing.done !== null && (
              <p className="mt-1.5 text-xs text-ink-3 tabular-nums">{bytes(installing.done)}{installing.total !== null && ` of ${bytes(installing.total)}`}</p>
            )}
          </div>
        )}
      </div>
    </li>
  );
}

function Bullet({ state }: { state: Phase["state"] }) {
  const look = {
    done: "bg-teal-soft text-teal",
    now: "bg-accent-soft text-accent",
    failed: "bg-bad-soft text-bad",
    skipped: "bg-raised text-ink-3",
    open: "border border-line-strong text-ink-3",
  }[state];
  return (
    <span className={cx("flex size-7 shrink-0 items-center justify-center rounded-full", look)}>
      {state === "done" && <Check aria-hidden size={15} />}
      {state === "failed" && <X aria-hidden size={15} />}
      {state === "skipped" && <Minus aria-hidden size={15} />}
      {state === "now" && <span className="breathe size-2.5 rounded-full bg-accent" />}
      <span className="sr-only">{state}</span>
    </span>
  );
}
