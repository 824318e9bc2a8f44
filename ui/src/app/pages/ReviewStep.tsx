import { ArrowLeft, RefreshCw, ShieldCheck } from "lucide-react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { Disclosure } from "@/components/Disclosure";
import { Field } from "@/components/Field";
import { TextInput } from "@/components/Inputs";
import { Page } from "@/components/Page";
import { Steps } from "@/components/Steps";
import { useNow } from "@/components/useNow";
import { Facts, NotFound } from "@/features/analysis/Facts";
import { FillGaps } from "@/features/analysis/FillGaps";
import { Subject } from "@/features/analysis/Subject";
import { Warnings } from "@/features/analysis/Warnings";
import { WillRun } from "@/features/analysis/WillRun";
import type { Analyzed, Problem } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { ago, moment } from "@/text/time";
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
  onFilled: (found: Analyzed) => void;
  onBack: () => void;
  onAllow: () => void;
  retry: () => void;
  /** Looks at it anew instead of believing what is kept. */
  onAgain: () => void;
}

/** What it is, what exactly will run, and one Allow. */
export function ReviewStep({ found, title, onTitle, allowScripts, onAllowScripts, problem, busy, onFilled, onBack, onAllow, retry, onAgain }: Props) {
  const { analysis, form, preview } = found;
  const asks = form.fields.length > 0;
  const now = useNow();
  return (
    <Page>
      <Steps steps={stepsFor(asks)} at={1} />
      <div className="rise mt-7 flex flex-col gap-4">
        <Subject analysis={analysis} title={title} />
        <div className="mt-1"><WillRun preview={preview} rights /></div>
        {analysis.warnings.length > 0 && <Warnings warnings={analysis.warnings} allowScripts={allowScripts} onAllowScripts={onAllowScripts} />}
        <Section title="What Catwalk found" hint="Every fact with the place it was read.">
          <Facts analysis={analysis} draft={found.id} onTaken={onFilled} />
        </Section>
        {analysis.gaps.length > 0 && <Section title="What Catwalk could not find"><NotFound gaps={analysis.gaps} /></Section>}
        <FillGaps draft={found.id} onFilled={onFilled} />
        {now - found.lookedAt > 60_000 && (
          <p className="flex items-center gap-3 text-sm text-ink-2" data-testid="looked-at">
            <span title={moment(found.lookedAt)}>Looked at {ago(found.lookedAt, now)}.</span>
            <Button size="sm" icon={RefreshCw} onClick={onAgain} data-testid="look-again">Look again</Button>
          </p>
        )}
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
