import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { Spinner } from "@/components/Spinner";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { StatusEvent } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { clock, moment } from "@/text/time";
import { StatusBadge } from "./StatusBadge";

const day = (at: number): string => new Date(at).toLocaleDateString([], { dateStyle: "full" });

function byDay(events: StatusEvent[]): [string, StatusEvent[]][] {
  const days = new Map<string, StatusEvent[]>();
  for (const event of events) days.set(day(event.at), [...(days.get(day(event.at)) ?? []), event]);
  return [...days];
}

/** Every change of status, newest first. */
export function HistoryTab({ id }: { id: string }) {
  const history = useQuery(queries.history(id));
  if (!history.data) return history.error ? <ProblemCard problem={toProblem(history.error)} retry={history.refetch} /> : <Spinner label="Reading the history" />;
  if (history.data.length === 0) return <Empty icon={History} title="No history yet">Every change of this server’s status is kept here.</Empty>;
  return (
    <div className="flex flex-col gap-5">
      {byDay([...history.data].reverse()).map(([title, events]) => (
        <section key={title} aria-label={title}>
          <h2 className="mb-2 text-sm font-medium text-ink-2">{title}</h2>
          <Card className="divide-y divide-line">
            {events.map((event, index) => (
              <div key={index} className="flex items-center gap-4 px-4 py-2.5">
                <time className="w-24 shrink-0 text-sm text-ink-3 tabular-nums" title={moment(event.at)}>{clock(event.at)}</time>
                <StatusBadge status={event.status} testId="history-status" past />
              </div>
            ))}
          </Card>
        </section>
      ))}
    </div>
  );
}
