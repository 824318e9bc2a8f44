import { ArrowLeft, ShieldCheck } from "lucide-react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { Disclosure } from "@/components/Disclosure";
import { Field } from "@/components/Field";
import { TextInput } from "@/components/Inputs";
import { Page } from "@/components/Page";
import { Steps } from "@/components/Steps";
import { Facts } from "@/features/analysis/Facts";
import { Subject } from "@/features/analysis/Subject";
import { Warnings } from "@/features/analysis/Warnings";
import { WillRun } from "@/features/analysis/WillRun";
import type { Analyzed, Problem } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { Footer } from "./Footer";
import { stepsFor } from "./steps";

interface Props {
  found: Analyzed;
  title: string;
  onTitle: (title: string) => void;
  allowScripts: boolean;
  onAllowScripts: (on: boolean) => void;
  problem: Problem | null;
  busy: boolean;
  onBack: () => void;
  onAllow: () => void;
  retry: () => void;
}

/** What it is, what exactly will run, and one Allow. */
export function ReviewStep({ found, title, onTitle, allowScripts, onAllowScripts, problem, busy, onBack, onAllow, retry }: Props) {
  const { analysis, form, preview } = found;
  const asks = form.fields.length > 0;
  return (
    <Page>
      <Steps steps={stepsFor(asks)} at={1} />
      <div className="rise mt-7 flex flex-col gap-4">
        <Subject analysis={analysis} title={title} />
        <div className="mt-1"><WillRun preview={preview} rights /></div>
        {analysis.warnings.length > 0 && <Warnings warnings={analysis.warnings} allowScripts={allowScripts} onAllowScripts={onAllowScripts} />}
        <Section title="What Catwalk found" hint="Every fact with the place it was read.">
          <Facts analysis={analysis} />
        </Section>
        <Disclosure title="Give it another name">
          <div className="max-w-md"><Field label="Name in Catwalk">{(ids) => <TextInput {...ids} data-testid="title-input" maxLength={80} value={title} onChange={(e) => onTitle(e.target.value)} />}</Field></div>
        </Disclosure>
        {problem && <ProblemCard problem={problem} retry={retry} changeSource={onBack} editAnswers={onAllow} />}
      </div>
      <Footer>
        <Button variant="ghost" icon={ArrowLeft} onClick={onBack} data-testid="back">Back</Button>
        <span className="min-w-0 flex-1 text-right text-sm text-ink-3"><span className="max-[820px]:sr-only">Nothing has been installed or started yet.</span></span>
        <Button variant="primary" size="lg" icon={ShieldCheck} busy={busy} disabled={title.trim() === ""} onClick={onAllow} data-testid="allow">{asks ? "Allow and continue" : "Allow and start"}</Button>
      </Footer>
    </Page>
  );
}
