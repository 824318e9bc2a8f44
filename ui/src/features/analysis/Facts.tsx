import { cx } from "@/components/cx";
import { Visible } from "@/components/Exact";
import type { Analysis, Analyzed, Confidence, Evidence, FactTopic, Gap } from "@/ipc/types";
import { Differs } from "./Differs";
import { about, facts } from "./facts";
import { Place } from "./Place";

const SURE: Record<Confidence, { text: string; look: string; bars: number }> = {
  high: { text: "Sure", look: "bg-ok", bars: 3 },
  medium: { text: "Likely", look: "bg-warn", bars: 2 },
  low: { text: "A guess", look: "bg-warn", bars: 1 },
};

const TOPICS: Record<FactTopic, string> = {
  pointsBack: "Belongs here",
  provenance: "Built by",
  age: "Age",
  downloads: "Downloads",
  requires: "Needs",
  install: "By hand",
  licence: "Licence",
  moved: "Moved",
};

interface Props { analysis: Analysis; draft: string; onTaken: (found: Analyzed) => void }

/** Every fact with where it was read and how sure we are; where places differ, both. */
export function Facts({ analysis, draft, onTaken }: Props) {
  return (
    <ul className="divide-y divide-line" data-testid="evidence">
      {facts(analysis.manifest, analysis.evidence).map((fact) => (
        <li key={fact.pointer} className="grid grid-cols-[112px_minmax(0,1fr)_auto] gap-x-4 py-2.5">
          <span className="text-sm text-ink-3" title={fact.pointer}>{fact.label}</span>
          <div className="selectable min-w-0">
            {fact.value !== null && <p className="[overflow-wrap:anywhere]"><Visible text={fact.value} /></p>}
            {fact.evidence.map((item, index) => <Support key={index} item={item} />)}
            {about(analysis.disputes, fact.pointer).map(([number, dispute]) => <Differs key={number} draft={draft} number={number} dispute={dispute} onTaken={onTaken} />)}
          </div>
          {fact.evidence[0] && <Sure confidence={fact.evidence[0].confidence} />}
        </li>
      ))}
      {analysis.facts.map((fact, index) => (
        <li key={index} data-topic={fact.topic} className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-4 py-2.5">
          <span className="text-sm text-ink-3">{TOPICS[fact.topic]}</span>
          <div className="selectable min-w-0">
            <p className="[overflow-wrap:anywhere]"><Visible text={fact.text} /></p>
            <Place source={fact.source} />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** What was looked for in vain: where, and what to do about it. */
export function NotFound({ gaps }: { gaps: Gap[] }) {
  return (
    <ul className="flex flex-col gap-3" data-testid="not-found">
      {gaps.map((gap, index) => (
        <li key={index} data-topic={gap.topic} className="selectable">
          <p>{gap.sought}</p>
          <p className="text-sm text-ink-2">{gap.advice}</p>
          {gap.places.length > 0 && <p className="mt-0.5 text-xs text-ink-3 [overflow-wrap:anywhere]">Looked for in <Visible text={gap.places.join(", ")} /></p>}
        </li>
      ))}
    </ul>
  );
}

function Support({ item }: { item: Evidence }) {
  return <Place source={item.source}>{item.excerpt !== "" && <> · <Visible text={item.excerpt} /></>}</Place>;
}

function Sure({ confidence }: { confidence: Confidence }) {
  const { text, look, bars } = SURE[confidence];
  return (
    <span className="flex h-5 items-center gap-2 text-xs text-ink-2">
      <span aria-hidden className="flex items-end gap-0.5">
        {[1, 2, 3].map((bar) => <span key={bar} className={cx("w-1 rounded-sm", bar <= bars ? look : "bg-line-strong")} style={{ height: 3 + bar * 3 }} />)}
      </span>
      {text}
    </span>
  );
}
