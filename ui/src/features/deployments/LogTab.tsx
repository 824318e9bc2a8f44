import { ArrowDownToLine, Search } from "lucide-react";
import { memo, useLayoutEffect, useRef, useState, type UIEvent } from "react";
import { Card } from "@/components/Card";
import { CopyButton } from "@/components/CopyButton";
import { cx } from "@/components/cx";
import { Visible } from "@/components/Exact";
import { Switch, TextInput } from "@/components/Inputs";
import { Spinner } from "@/components/Spinner";
import type { LogLine } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { clock } from "@/text/time";
import { useLog, type NumberedLine } from "./useLog";

export function LogTab({ id }: { id: string }) {
  const { lines, problem, again } = useLog(id);
  const [search, setSearch] = useState("");
  const [follow, setFollow] = useState(true);
  if (problem) return <ProblemCard problem={problem} deployment={id} retry={again} />;
  if (!lines) return <Spinner label="Reading the log" />;
  const wanted = search.trim().toLowerCase();
  const shown = wanted === "" ? lines : lines.filter((l) => l.text.toLowerCase().includes(wanted));
  return (
    <Card className="flex min-h-0 flex-1 flex-col overflow-hidden">
      <div className="flex items-center gap-3 border-b border-line px-3 py-2">
        <div className="relative min-w-0 flex-1">
          <Search aria-hidden size={14} className="absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3" />
          <TextInput type="search" aria-label="Search the log" placeholder="Search" value={search} onChange={(e) => setSearch(e.target.value)} className="h-8 max-w-72 pl-8 text-sm" />
        </div>
        <span role={wanted === "" ? undefined : "status"} className="text-xs text-ink-3 tabular-nums">{wanted === "" ? `${lines.length} lines` : `${shown.length} of ${lines.length}`}</span>
        <label className="flex items-center gap-2 text-sm text-ink-2">
          <ArrowDownToLine aria-hidden size={14} />Follow
          <Switch aria-label="Follow new lines" checked={follow} onChange={setFollow} data-testid="log-follow" />
        </label>
        <CopyButton text={shown.map((l) => `${new Date(l.at).toISOString()} ${l.stream} ${l.text}`).join("\n")} what="log" worded data-testid="log-copy" />
      </div>
      <Lines lines={shown} empty={wanted === "" ? "The server has not written anything yet." : "No line matches."} follow={follow} onFollow={setFollow} />
    </Card>
  );
}

const INK: Partial<Record<string, string>> = { stdout: "text-ink", stderr: "text-ink-2", catwalk: "text-accent" };

/** So near to the last line, one is at it. */
const NEAR = 24;

interface LinesProps { lines: NumberedLine[]; empty: string; follow: boolean; onFollow: (on: boolean) => void }

function Lines({ lines, empty, follow, onFollow }: LinesProps) {
  const ref = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  // Before the lines are painted, so that no scroll event sees them without it.
  useLayoutEffect(() => {
    if (follow && ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [follow, lines]);
  const scrolled = ({ currentTarget: box }: UIEvent<HTMLDivElement>) => {
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    // Lines that turn out higher than they were taken for push the end away; only a person goes up.
    const up = box.scrollTop < top.current;
    top.current = box.scrollTop;
    if (atEnd !== follow && (atEnd || up)) onFollow(atEnd);
  };
  return (
    <div
      ref={ref}
      role="log"
      aria-live="off"
      aria-label="Log"
      tabIndex={0}
      data-testid="log"
      onScroll={scrolled}
      className="selectable min-h-0 flex-1 overflow-auto bg-sunken p-3 font-mono text-xs leading-5 -outline-offset-2"
    >
      {lines.map((line) => <Row key={line.n} line={line} />)}
      {lines.length === 0 && <p className="p-1 text-ink-3">{empty}</p>}
    </div>
  );
}

const Row = memo(function Row({ line }: { line: LogLine }) {
  return (
    <div className="flex gap-3 rounded px-1 [contain-intrinsic-size:auto_20px] [content-visibility:auto] hover:bg-raised">
      <time className="shrink-0 text-ink-3 select-none">{clock(line.at)}</time>
      <span className={cx("min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]", INK[line.stream])}>
        {line.stream === "catwalk" && <span className="mr-2 rounded bg-accent-soft px-1">Catwalk</span>}
        <Visible text={line.text} />
      </span>
    </div>
  );
});
