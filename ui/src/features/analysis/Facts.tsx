import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/components/cx";
import { Visible } from "@/components/Exact";
import type { Analysis, Confidence, Evidence, EvidenceSource, FactTopic } from "@/ipc/types";
import { useOpenUrl } from "@/problems/useOpenUrl";
import { facts, place, unknown } from "./facts";

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
  moved: "Moved",
};

/** Every fact with where it was read and how sure we are. */
export function Facts({ analysis }: { analysis: Analysis }) {
  return (
    <ul className="divide-y divide-line" data-testid="evidence">
      {facts(analysis.manifest, analysis.evidence).map((fact) => (
        <li key={fact.pointer} className="grid grid-cols-[112px_minmax(0,1fr)_auto] gap-x-4 py-2.5">
          <span className="text-sm text-ink-3" title={fact.pointer}>{fact.label}</span>
          <div className="selectable min-w-0">
            {fact.value !== null && <p className="[overflow-wrap:anywhere]"><Visible text={fact.value} /></p>}
            {fact.evidence.map((item, index) => <Support key={index} item={item} />)}
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

/** What an analysis mostly finds and this one did not. */
export function NotFound({ analysis }: { analysis: Analysis }) {
  return (
    <ul className="list-disc pl-5 text-ink-2" data-testid="not-found">
      {unknown(analysis).map((sentence) => <li key={sentence}>{sentence}</li>)}
    </ul>
  );
}

function Place({ source, children }: { source: EvidenceSource; children?: ReactNode }) {
  const { text, url } = place(source);
  const openUrl = useOpenUrl();
  return (
    <p className="mt-0.5 text-xs text-ink-3 [overflow-wrap:anywhere]">
      {url ? (
        <button type="button" onClick={() => openUrl(url)} className="inline-flex items-center gap-1 rounded font-mono text-accent hover:underline">
          {text}<ExternalLink aria-hidden size={10} />
        </button>
      ) : <span className="font-mono">{text}</span>}
      {children}
    </p>
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
