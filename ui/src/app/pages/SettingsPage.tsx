import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Page } from "@/components/Page";
import { Spinner } from "@/components/Spinner";
import { About } from "@/features/settings/About";
import { Appearance } from "@/features/settings/Appearance";
import { Database } from "@/features/settings/Database";
import { Keys } from "@/features/settings/Keys";
import { Lists } from "@/features/settings/Lists";
import { Model } from "@/features/settings/Model";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { Appearance as Choice } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { Stale } from "@/problems/Stale";
import { useSayFailure } from "@/problems/useSayFailure";
import { showAppearance } from "../theme";
import { Metrics } from "./Metrics";

export function SettingsPage() {
  const settings = useQuery(queries.settings());
  const cache = useQueryClient();
  const failed = useSayFailure();
  if (!settings.data) {
    return settings.error ? <Page width="text"><ProblemCard problem={toProblem(settings.error)} retry={settings.refetch} /></Page> : <Spinner label="Reading the settings" />;
  }

  const choose = (appearance: Choice) => {
    showAppearance(appearance);
    cache.setQueryData(queries.settings().queryKey, { ...settings.data, appearance });
    api.setAppearance(appearance).catch(failed);
  };
  return (
    <Page>
      <h1 className="mb-5 text-2xl font-semibold">Settings</h1>
      <Stale query={settings} className="mb-5" />
      <div className="flex flex-col gap-4">
        <Appearance value={settings.data.appearance} onChange={choose} />
        <Keys settings={settings.data} />
        <Model />
        <Lists />
        <Database settings={settings.data} />
        <Metrics />
        <About settings={settings.data} />
      </div>
    </Page>
  );
}
