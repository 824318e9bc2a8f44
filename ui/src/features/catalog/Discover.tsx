import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";
import { Card } from "@/components/Card";
import { TextInput } from "@/components/Inputs";
import { useDebounced } from "@/components/useDebounced";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import { ProblemCard } from "@/problems/ProblemCard";
import { CopyState } from "./CopyState";
import { ListingRow } from "./ListingRow";

/** The copy answers at once; this only spares it the letters of one word. */
const STILL = 60;
/** Glama is asked over the network. */
const STILL_FAR = 400;

/** Search of the public lists of servers. */
export function Discover({ onPick, autoFocus = false }: { onPick: (paste: string) => void; autoFocus?: boolean }) {
  const [question, setQuestion] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const near = useDebounced(question.trim(), STILL);
  const found = useQuery({ ...queries.listings(near), placeholderData: keepPreviousData });
  const far = useDebounced(question.trim(), STILL_FAR);
  const more = useQuery({ ...queries.glama(far), enabled: far.length > 1 });
  const besides = far === question.trim() ? (more.data ?? []) : [];
  const listings = [...(found.data?.listings ?? []), ...besides];

  // Up and down move between the field and the rows.
  const move = (e: KeyboardEvent) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    const stops = [...(list.current?.querySelectorAll<HTMLElement>("input, [data-listing]") ?? [])];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const next = stops[at + (e.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 || !next) return;
    e.preventDefault();
    next.focus();
  };

  return (
    <section aria-label="Find a server">
      <Card className="p-3">
        <div ref={list} onKeyDown={move} role="presentation">
          <div className="relative">
            <Search aria-hidden size={16} className="absolute top-2.5 left-3 text-ink-3" />
            <TextInput
              type="search" aria-label="Search the MCP Registry" placeholder="Search the MCP Registry: github, postgres, calendar…"
              className="pl-9" data-testid="search-input" value={question} maxLength={120} autoFocus={autoFocus}
              onChange={(e) => setQuestion(e.target.value)}
              onKeyDown={(e) => { if (e.key === "Escape" && question !== "") { e.stopPropagation(); setQuestion(""); } }}
            />
          </div>
          {found.error && <ProblemCard className="mt-3" problem={toProblem(found.error)} retry={found.refetch} />}
          {listings.length > 0 && (
            <ul aria-label="Servers" data-testid="listings" className="mt-2 max-h-[420px] overflow-y-auto">
              {listings.map((listing) => <ListingRow key={`${listing.origin.kind}/${listing.name}`} listing={listing} onPick={onPick} />)}
            </ul>
          )}
        </div>
        {found.data && <CopyState status={found.data.status} none={listings.length === 0 ? near : null} />}
        {found.isPending && <p role="status" className="px-3 py-6 text-center text-sm text-ink-3">Opening the list of servers…</p>}
      </Card>
    </section>
  );
}
