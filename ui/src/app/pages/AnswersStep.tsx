import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowLeft, Rocket } from "lucide-react";
import { useEffect, useRef, useState, type Dispatch, type SetStateAction } from "react";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Page } from "@/components/Page";
import { Steps } from "@/components/Steps";
import { StepTitle } from "@/components/StepTitle";
import { useDebounced } from "@/components/useDebounced";
import { WillRun } from "@/features/analysis/WillRun";
import { AnswerForm, type Asked } from "@/features/deployments/form/AnswerForm";
import { inputs, sealedIn, type Draft, type Problems } from "@/features/deployments/form/answers";
import { api } from "@/ipc/client";
import type { Analyzed, Problem } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { Footer } from "./Footer";
import { stepsFor } from "./steps";

interface Props {
  found: Analyzed;
  title: string;
  draft: Draft;
  wrong: Problems;
  problem: Problem | null;
  busy: boolean;
  onDraft: Dispatch<SetStateAction<Draft>>;
  onDeploy: () => void;
  onBack: () => void;
}

/** The questions that only the user can answer. */
export function AnswersStep({ found, title, draft, wrong, problem, busy, onDraft, onDeploy, onBack }: Props) {
  const [focus, setFocus] = useState<Asked>({ field: null });
  const card = useRef<HTMLDivElement>(null);
  const settled = useDebounced(draft, 250);
  const preview = useQuery({
    queryKey: ["preview", found.id, settled],
    queryFn: () => api.previewDraft(found.id, inputs(settled)),
    placeholderData: keepPreviousData,
    // Answers may be secret: they are not kept once they are off the screen.
    gcTime: 0,
  });
  // It stands above the fields, and the button that led to it below them.
  useEffect(() => { if (problem) card.current?.scrollIntoView({ block: "nearest" }); }, [problem]);
  const required = found.form.fields.filter((f) => f.required).length;
  const hints = [
    required === 0 && "All of them are optional. You can change them at any time.",
    found.form.fields.some((f) => f.secret) && "Secrets are sealed with a key from this computer’s keychain, and only this server gets them.",
  ].filter(Boolean);
  return (
    <Page>
      <Steps steps={stepsFor(true)} at={2} />
      <header className="rise mt-7 mb-4">
        <StepTitle>{required === 0 ? `Settings for ${title}` : `${title} needs ${required === 1 ? "one answer" : "a few answers"}`}</StepTitle>
        {hints.length > 0 && <p className="mt-1 text-ink-2">{hints.join(" ")}</p>}
      </header>
      {problem && <div ref={card} className="scroll-mt-6 pb-6"><ProblemCard problem={problem} retry={onDeploy} editAnswers={(field) => setFocus({ field })} /></div>}
      <AnswerForm form={found.form} draft={draft} problems={wrong} sealed={sealedIn(found.answers)} onChange={onDraft} onSubmit={onDeploy} focus={focus} formId="answers" panel={(fields) => <Card className="p-6">{fields}</Card>}>
        <WillRun preview={preview.data ?? found.preview} />
      </AnswerForm>
      <Footer>
        <Button variant="ghost" icon={ArrowLeft} onClick={onBack} data-testid="back">Back</Button>
        <span className="flex-1" />
        <Button type="submit" form="answers" variant="primary" size="lg" icon={Rocket} busy={busy} data-testid="deploy">Install and start</Button>
      </Footer>
    </Page>
  );
}
