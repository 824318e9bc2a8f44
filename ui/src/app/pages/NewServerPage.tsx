import { useMutation } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, type SetStateAction } from "react";
import { useLocation, useNavigate } from "react-router";
import { Page } from "@/components/Page";
import { Steps } from "@/components/Steps";
import { StepTitle } from "@/components/StepTitle";
import { useUnsaved } from "@/components/unsaved";
import { Examples } from "@/features/analysis/Examples";
import { Looking } from "@/features/analysis/Looking";
import { nameOf } from "@/features/analysis/name";
import { PasteBox } from "@/features/analysis/PasteBox";
import { byKey, inputs, start, type Draft, type Problems } from "@/features/deployments/form/answers";
import { Discover } from "@/features/catalog/Discover";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import type { Analyzed } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { useSayFailure } from "@/problems/useSayFailure";
import { AnswersStep } from "./AnswersStep";
import { ReviewStep } from "./ReviewStep";
import { stepsFor } from "./steps";

/** Paste, review, answer: everything before the server exists. Nothing is kept until it is deployed. */
export function NewServerPage() {
  const { text: passed = "", find = false } = (useLocation().state as { text?: string; find?: boolean } | null) ?? {};
  const [text, setText] = useState(passed);
  const [found, setFound] = useState<Analyzed | null>(null);
  const look = useMutation({ mutationFn: ({ what, again = false }: { what: string; again?: boolean }) => api.analyze(what, again), onSuccess: setFound });
  useUnsaved(found === null && text !== passed);
  const failed = useSayFailure();
  const begun = useRef(false);
  const { mutate } = look;
  useEffect(() => {
    if (passed === "" || begun.current) return;
    begun.current = true;
    mutate({ what: passed });
  }, [passed, mutate]);

  const choose = (what: string) => { setText(what); mutate({ what }); };
  const again = () => { setFound(null); mutate({ what: look.variables?.what ?? text.trim(), again: true }); };
  if (found) return <Draftsman key={found.id} found={found} onFound={setFound} onBack={() => setFound(null)} onAgain={again} />;
  const problem = look.error ? toProblem(look.error) : null;
  return (
    <Page>
      <Steps steps={stepsFor(true)} at={0} />
      <StepTitle className="mt-8">What do you want to run?</StepTitle>
      <p className="mt-1 mb-5 max-w-[72ch] text-ink-2">A GitHub link, an npm or Python package, a command from a README, a JSON snippet, a folder or a hosted address.</p>
      {look.isPending ? (
        <Looking text={look.variables.what} onCancel={() => { api.cancelAnalysis().catch(failed); }} />
      ) : (
        <>
          <PasteBox big autoFocus={!find} text={text} onText={setText} onSubmit={(what) => mutate({ what })} />
          {problem && problem.code !== "cancelled" ? (
            <ProblemCard className="mt-5" problem={problem} retry={() => mutate({ what: text.trim() })} choose={choose} changeSource={() => { setText(""); look.reset(); document.querySelector<HTMLElement>("[data-testid=paste-input]")?.focus(); }} />
          ) : (
            <div className="mt-4"><Examples onPick={setText} /></div>
          )}
          <h2 className="mt-8 mb-2 font-semibold">Or find one</h2>
          <Discover autoFocus={find} onPick={choose} />
        </>
      )}
    </Page>
  );
}

function Draftsman({ found, onFound, onBack, onAgain }: { found: Analyzed; onFound: (found: Analyzed) => void; onBack: () => void; onAgain: () => void }) {
  const navigate = useNavigate();
  const [allowed, setAllowed] = useState(false);
  const [named] = useState(() => nameOf(found.analysis));
  const [title, setTitle] = useState(named);
  const [allowScripts, setAllowScripts] = useState(false);
  const [given] = useState<Draft>(() => start(found.form, found.answers));
  const [draft, setDraft] = useState(given);
  const [wrong, setWrong] = useState<Problems>({});
  useUnsaved(draft !== given || title !== named);
  const asks = found.form.fields.length > 0;
  const change = useCallback((next: SetStateAction<Draft>) => {
    setDraft(next);
    // What was found wrong is about the answers as they were.
    setWrong((before) => (Object.keys(before).length === 0 ? before : {}));
  }, []);

  // What was added is asked for too; what was answered stays, but not what was only suggested.
  const fill = (next: Analyzed) => {
    const suggested = start(found.form, found.answers);
    const isAnswer = ([key, answer]: [string, unknown]) => JSON.stringify(answer) !== JSON.stringify(suggested[key]);
    setDraft((before) => ({ ...start(next.form, next.answers), ...Object.fromEntries(Object.entries(before).filter(isAnswer)) }));
    onFound(next);
  };

  const deploy = useMutation({
    mutationFn: async (answers: Draft) => {
      const problems = await api.validateDraft(found.id, inputs(answers));
      setWrong(byKey(problems));
      return problems.length > 0 ? null : api.deploy(found.id, title.trim(), inputs(answers), allowScripts);
    },
    onSuccess: (view) => { if (view) void navigate(`/new/${view.id}`, { replace: true, state: { asked: asks } }); },
  });
  const run = () => deploy.mutate(draft);
  const problem = deploy.error ? toProblem(deploy.error) : null;

  return allowed && asks ? (
    <AnswersStep
      found={found} title={title} draft={draft} wrong={wrong} problem={problem} busy={deploy.isPending}
      onDraft={change} onDeploy={run} onBack={() => setAllowed(false)}
    />
  ) : (
    <ReviewStep
      found={found} title={title} onTitle={setTitle} allowScripts={allowScripts} onAllowScripts={setAllowScripts}
      problem={problem} busy={deploy.isPending} onFilled={fill} onBack={onBack} onAllow={asks ? () => setAllowed(true) : run} retry={run} onAgain={onAgain}
    />
  );
}
