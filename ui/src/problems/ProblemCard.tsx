import { useLayoutEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { cx } from "@/components/cx";
import { Confirm } from "@/components/Dialog";
import { Visible } from "@/components/Exact";
import { toProblem } from "@/ipc/errors";
import type { Problem } from "@/ipc/types";
import { Choices } from "./Choices";
import { face, isTail } from "./codes";
import { useFix, type FixContext } from "./fixes";
import { GithubSignIn } from "./GithubSignIn";

interface Props extends FixContext {
  problem: Problem;
  /** Without the evidence, where it stands on the same page anyway. */
  brief?: boolean;
  className?: string;
}

/** A problem: what happened, what to do, the lines that show it, and one button that leads on. */
export function ProblemCard({ problem, brief, className, ...context }: Props) {
  const [failed, setFailed] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const action = useFix(context)(problem.fix);
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const choose = context.choose ?? ((text: string) => void navigate("/new", { state: { text } }));
  const destroys = problem.fix?.kind === "startOver";
  const { icon: Icon, tone } = face(problem.code);

  const run = () => {
    if (!action) return;
    setBusy(true);
    setFailed(null);
    action.run().catch((thrown: unknown) => setFailed(toProblem(thrown))).finally(() => setBusy(false));
  };

  return (
    <section
      role="alert"
      data-testid="problem"
      data-code={problem.code}
      className={cx("rise rounded-2xl border p-5", tone === "bad" ? "border-bad/35 bg-bad-soft" : "border-warn/35 bg-warn-soft", className)}
    >
      <div className="flex gap-3.5">
        <Icon aria-hidden size={20} className={cx("mt-0.5 shrink-0", tone === "bad" ? "text-bad" : "text-warn")} />
        <div className="min-w-0 flex-1">
          <h2 className="selectable text-base font-semibold">{problem.title}</h2>
          <p className="selectable mt-1 text-ink-2">{problem.explanation}</p>
          {!brief && problem.evidence.length > 0 && <Lines lines={problem.evidence} fromEnd={isTail(problem.code)} />}
          {problem.fix?.kind === "chooseSource" && <Choices choices={problem.fix.choices} onChoose={choose} />}
          {problem.fix?.kind === "signInGithub" && <GithubSignIn hidden={problem.code === "notFound"} onDone={context.retry} />}
          {failed && <p className="mt-3 text-sm text-bad">{failed.title}. {failed.explanation}</p>}
          {action && problem.fix?.kind !== "signInGithub" && (
            <div className="mt-4 flex items-center gap-2">
              <Button busy={busy} onClick={destroys ? () => setAsking(true) : run} data-testid="fix">{action.label}</Button>
              {busy && action.cancel && <Button variant="ghost" onClick={action.cancel} data-testid="cancel-fix">Cancel</Button>}
            </div>
          )}
          {destroys && (
            <Confirm open={asking} onClose={() => setAsking(false)} onConfirm={() => { setAsking(false); run(); }} title="Start over with a new key?" action="Start over" cancel="Not now" testId="confirm-start-over">
              What the lost key sealed is forgotten for good, so you enter each server’s credentials again. Your servers, their other answers and the AI apps connected to them stay.
            </Confirm>
          )}
        </div>
      </div>
    </section>
  );
}

function Lines({ lines, fromEnd }: { lines: string[]; fromEnd: boolean }) {
  const ref = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (fromEnd && ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [fromEnd, lines]);
  return (
    <div className="relative mt-3">
      <pre ref={ref} tabIndex={0} aria-label="Evidence" className="max-h-44 overflow-auto rounded-xl border border-line bg-sunken p-3 pr-11 text-xs leading-5 text-ink-2 [overflow-wrap:anywhere] whitespace-pre-wrap">
        {lines.map((line, index) => <div key={index}><Visible text={line} /></div>)}
      </pre>
      <div className="absolute top-1.5 right-1.5"><CopyButton text={lines.join("\n")} what="evidence" /></div>
    </div>
  );
}
