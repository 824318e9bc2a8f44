import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "@/ipc/client";
import { useEvents } from "@/ipc/events";
import { toProblem } from "@/ipc/errors";
import type { Event, LogLine, Problem } from "@/ipc/types";

/** Lines that stay in the window; the file has more. */
const KEPT = 2000;

/** A line with a number of its own, so that the others need not be drawn again when it comes. */
export type NumberedLine = LogLine & { n: number };

/** The log's tail, growing as lines come in. A server that floods its log costs one drawing per frame. */
export function useLog(id: string): { lines: NumberedLine[] | null; problem: Problem | null; again: () => void } {
  const [lines, setLines] = useState<NumberedLine[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);
  const next = useRef(0);
  const waiting = useRef<NumberedLine[]>([]);

  useEffect(() => {
    let gone = false;
    const number = (line: LogLine): NumberedLine => ({ ...line, n: (next.current += 1) });
    api.readLog(id, KEPT).then(
      (tail) => {
        const last = tail.at(-1)?.at ?? 0;
        // What came while the tail was read is part of it already, unless it is newer.
        if (!gone) setLines((early) => [...tail.map(number), ...(early ?? []).filter((l) => l.at > last)]);
      },
      (thrown: unknown) => { if (!gone) setProblem(toProblem(thrown)); },
    );
    return () => { gone = true; };
  }, [id, tries]);

  useEvents(useCallback((event: Event) => {
    if (event.tag !== "log" || event.id !== id || !event.line) return;
    waiting.current.push({ ...event.line, n: (next.current += 1) });
    // Frames stop while the window is hidden; the log does not.
    if (waiting.current.length > KEPT) waiting.current.shift();
    if (waiting.current.length > 1) return;
    requestAnimationFrame(() => {
      const come = waiting.current.splice(0);
      setLines((old) => [...(old ?? []), ...come].slice(-KEPT));
    });
  }, [id]));

  const again = useCallback(() => {
    setProblem(null);
    setLines(null);
    setTries((before) => before + 1);
  }, []);
  return { lines, problem, again };
}
