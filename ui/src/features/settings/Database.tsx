import { CircleCheck, Database as Icon, RotateCw } from "lucide-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { Field } from "@/components/Field";
import { SecretInput } from "@/components/Inputs";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import type { SettingsView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { useSave } from "./useSave";

const wrong = (url: string): string | undefined =>
  /^postgres(ql)?:\/\/.+/.test(url.trim()) ? undefined : "An address looks like postgres://user:password@host/database.";

export function Database({ settings }: { settings: SettingsView }) {
  const { kind, location, pending } = settings.database;
  const [url, setUrl] = useState("");
  const [error, setError] = useState<string>();
  const test = useMutation({ mutationFn: (value: string) => api.testDatabase(value) });
  const save = useSave((value: string | null) => api.setDatabase(value), "Saved");
  const use = (value: string) => save.mutate(value, { onSuccess: () => { setUrl(""); test.reset(); } });
  const checked = (then: (value: string) => void) => () => {
    const problem = wrong(url);
    setError(problem);
    if (!problem) then(url.trim());
  };
  return (
    <Section title="Database" hint="Where Catwalk keeps its servers and settings. One file on this computer is right for most people; a team can use PostgreSQL.">
      <p className="flex items-center gap-3 rounded-xl bg-sunken px-4 py-3 text-sm">
        <Icon aria-hidden size={16} className="shrink-0 text-teal" />
        <span className="shrink-0 font-medium">{kind === "sqlite" ? "SQLite" : "PostgreSQL"}</span>
        <code className="selectable min-w-0 text-xs text-ink-2 [overflow-wrap:anywhere]" data-testid="database-location">{location}</code>
      </p>
      <div className="mt-4">
        <Field label="PostgreSQL address" optional error={error}>
          {(ids) => (
            <div className="flex flex-wrap gap-2">
              <div className="min-w-64 flex-1"><SecretInput {...ids} data-testid="database-url" placeholder="postgres://user:password@host:5432/catwalk?sslmode=require" value={url} onChange={(e) => { setUrl(e.target.value); setError(undefined); test.reset(); }} /></div>
              <Button busy={test.isPending} disabled={url.trim() === ""} onClick={checked(test.mutate)} data-testid="test-database">Test</Button>
              <Button disabled={!test.isSuccess} busy={save.isPending} onClick={checked(use)} data-testid="save-database">Use it</Button>
            </div>
          )}
        </Field>
      </div>
      <div aria-live="polite">
        {test.isSuccess && <p className="mt-3 flex items-center gap-2 text-sm text-ok"><CircleCheck aria-hidden size={15} />The database answers and can be used.</p>}
        {(test.error ?? save.error) && <ProblemCard className="mt-4" problem={toProblem(test.error ?? save.error)} retry={test.error ? checked(test.mutate) : undefined} />}
        {pending !== null && <p data-testid="database-pending" className="mt-3 flex items-start gap-2 text-sm text-warn"><RotateCw aria-hidden size={15} className="mt-0.5 shrink-0" /><span>From the next start on Catwalk uses <code className="text-xs [overflow-wrap:anywhere]">{pending}</code>. Servers are not moved.</span></p>}
        {pending !== null && kind === "sqlite" && <Button className="mt-3" size="sm" busy={save.isPending} onClick={() => save.mutate(null)} data-testid="stay-with-file">Stay with the file</Button>}
      </div>
      {kind === "postgres" && pending === null && <Button className="mt-4" size="sm" variant="ghost" onClick={() => save.mutate(null)}>Go back to the file on this computer</Button>}
    </Section>
  );
}
