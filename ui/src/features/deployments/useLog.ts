import { useCallback, useEffect, useState } from "react";
import { api } from "@/ipc/client";
import { useEvents } from "@/ipc/events";
import { toProblem } from "@/ipc/errors";
import type { Event, LogLine, Problem } from "@/ipc/types";

/** Lines that stay in the window; the file has more. */
const KEPT = 2000;

/** The log's tail, growing as lines come in. */
export function useLog(id: string): { lines: LogLine[] | null; problem: Problem | null } {
  const [lines, setLines] = useState<LogLine[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    let gone = false;
    api.readLog(id, KEPT).then(
      // Lines that arrived while the tail was read are part of it already, unless they are newer.
      (tail) => { if (!gone) setLines((early) => [...tail, ...(early ?? []).filter((l) => l.at > (tail.at(-1)?.at ?? 0))]); },
      (thrown: unknown) => { if (!gone) setProblem(toProblem(thrown)); },
    );
    return () => { gone = true; };
  }, [id]);

  useEvents(useCallback((event: Event) => {
    const line = event.line;
    if (event.tag === "log" && event.id === id && line) setLines((old) => [...(old ?? []).slice(1 - KEPT), line]);
  }, [id]));

  return { lines, problem };
}
