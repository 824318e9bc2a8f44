import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Outlet, useLocation } from "react-router";
import { Button } from "@/components/Button";
import { Page } from "@/components/Page";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { applyEvent, useEvents } from "@/ipc/events";
import { queries } from "@/ipc/queries";
import type { Event, Problem } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { Boundary } from "./Boundary";
import { Palette } from "./Palette";
import { Sidebar } from "./Sidebar";
import { showAppearance } from "./theme";
import { useKeys } from "./useKeys";

/** What stands round every page. */
export function Shell() {
  const cache = useQueryClient();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const [finding, setFinding] = useState(false);
  const app = useQuery(queries.app());
  const appearance = app.data?.appearance;

  useEvents(useCallback((event: Event) => applyEvent(cache, event), [cache]));
  useKeys(useCallback(() => setFinding(true), []));
  useEffect(() => { if (appearance) showAppearance(appearance); }, [appearance]);
  // A new page starts at its top, and the keyboard follows, unless the page put the focus somewhere itself.
  useEffect(() => {
    if (main.current?.contains(document.activeElement)) return;
    main.current?.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);

  const broken = app.data?.problem ?? null;
  const retry = () => api.retryStart().then(() => cache.invalidateQueries());
  return (
    <div className="relative flex h-full">
      <a href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }} className="sr-only z-50 rounded-lg bg-raised px-3 py-2 focus:not-sr-only focus:absolute focus:top-3 focus:left-3">Skip to the page</a>
      <Sidebar onFind={() => setFinding(true)} />
      <div className="relative min-w-0 flex-1">
        <div aria-hidden className="aurora" />
        <main id="main" ref={main} tabIndex={-1} className="relative h-full overflow-y-auto outline-none">
          {broken ? <NotUp problem={broken} retry={retry} away={app.data?.externalDatabase ?? false} /> : <Boundary key={pathname.split("/")[1]}><Outlet /></Boundary>}
        </main>
      </div>
      {finding && <Palette onClose={() => setFinding(false)} />}
    </div>
  );
}

interface NotUpProps { problem: Problem; retry: () => Promise<unknown>; away: boolean }

/** Nothing works without the engine, so nothing else is shown. */
function NotUp({ problem, retry, away }: NotUpProps) {
  const cache = useQueryClient();
  const builtIn = useMutation({ mutationFn: () => api.useBuiltInDatabase(), onSettled: () => cache.invalidateQueries() });
  // A lost key seals the address of the other database too; there is nothing to start over in.
  const shown = away && problem.fix?.kind === "startOver" ? { ...problem, fix: null } : problem;
  return (
    <Page width="text" className="justify-center">
      <div className="pb-16">
        <h1 className="mb-5 text-2xl font-semibold">Catwalk could not start</h1>
        <ProblemCard problem={shown} retry={retry} />
        {away && problem.code !== "portInUse" && (
          <div className="mt-5 flex items-center gap-4 text-sm text-ink-2">
            <p className="flex-1">Your servers are in a database that you set up yourself. Catwalk can start with its built-in one; the other stays as it is, and you can go back to it in the settings.</p>
            <Button busy={builtIn.isPending} onClick={() => builtIn.mutate()} data-testid="use-built-in-database">Use the built-in database</Button>
          </div>
        )}
        {builtIn.error && <p role="alert" className="mt-3 text-sm text-bad">{toProblem(builtIn.error).title}. {toProblem(builtIn.error).explanation}</p>}
      </div>
    </Page>
  );
}
