import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { CommandLine } from "@/components/Exact";
import { Field } from "@/components/Field";
import { Switch, TextInput } from "@/components/Inputs";
import { Spinner } from "@/components/Spinner";
import { useToast } from "@/components/Toasts";
import { useUnsaved } from "@/components/unsaved";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView, FormView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { useSayFailure } from "@/problems/useSayFailure";
import { moment } from "@/text/time";
import { AnswerForm, type Asked } from "./form/AnswerForm";
import { changes, sealedIn, start, type Draft } from "./form/answers";
import { sourceLine } from "./source";

/** A server's name, its answers, and what exactly it is. */
export function SettingsTab({ server, focus }: { server: DeploymentView; focus: Asked | null }) {
  const form = useQuery(queries.form(server.id));
  return (
    <div className="flex flex-col gap-4">
      <Rename key={server.title} server={server} />
      {form.data ? (
        form.data.form.fields.length > 0 && <Answers server={server} data={form.data} focus={focus} />
      ) : form.error ? (
        <ProblemCard problem={toProblem(form.error)} deployment={server.id} retry={form.refetch} />
      ) : <Spinner label="Reading the answers" />}
      {server.signIn?.signedIn && <Account server={server} scopes={server.signIn.scopes} />}
      {server.target === "local" && <Sessions server={server} />}
      <About server={server} />
    </div>
  );
}

function Rename({ server }: { server: DeploymentView }) {
  const [title, setTitle] = useState(server.title);
  const say = useToast();
  const cache = useQueryClient();
  const rename = useMutation({
    mutationFn: () => api.renameDeployment(server.id, title.trim()),
    onSuccess: () => { say({ text: "Renamed" }); return cache.invalidateQueries({ queryKey: ["deployments"] }); },
    onError: useSayFailure(),
  });
  return (
    <Section title="Name">
      <form className="flex items-end gap-2" onSubmit={(e) => { e.preventDefault(); rename.mutate(); }}>
        <div className="flex-1">
          <Field label="Shown in Catwalk" help="The endpoint keeps its address.">
            {(ids) => <TextInput {...ids} data-testid="rename-input" value={title} maxLength={80} onChange={(e) => setTitle(e.target.value)} />}
          </Field>
        </div>
        <Button type="submit" busy={rename.isPending} disabled={title.trim() === "" || title.trim() === server.title} data-testid="rename">Rename</Button>
      </form>
    </Section>
  );
}

function Answers({ server, data, focus }: { server: DeploymentView; data: FormView; focus: Asked | null }) {
  const [kept, setKept] = useState(() => start(data.form, data.answers));
  const [draft, setDraft] = useState(kept);
  const [asked, setAsked] = useState<Asked | null>(null);
  const say = useToast();
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: (sent: Draft) => api.updateAnswers(server.id, changes(data.form, sent)),
    onSuccess: async (_, sent) => {
      say({ text: "Saved" });
      void cache.invalidateQueries({ queryKey: ["deployments"] });
      const saved = await cache.query(queries.form(server.id));
      const next = start(saved.form, saved.answers);
      setKept(next);
      // What was typed since it was sent stays.
      setDraft((now) => (now === sent ? next : now));
    },
  });
  useUnsaved(draft !== kept);
  return (
    <Section title="Answers" hint="Secrets are sealed with a key from this computer’s keychain and never shown here. Saving starts the server again with the new answers.">
      <div className="mt-5">
        <AnswerForm form={data.form} draft={draft} onChange={setDraft} sealed={sealedIn(data.answers)} focus={asked ?? focus} onSubmit={save.mutate}>
          {save.error && <ProblemCard problem={toProblem(save.error)} retry={() => save.mutate(draft)} editAnswers={(field) => setAsked({ field })} />}
          <div><Button type="submit" variant="primary" busy={save.isPending} data-testid="save-answers">Save</Button></div>
        </AnswerForm>
      </div>
    </Section>
  );
}

function Account({ server, scopes }: { server: DeploymentView; scopes: string[] }) {
  const say = useToast();
  const cache = useQueryClient();
  const leave = useMutation({
    mutationFn: () => api.signOut(server.id),
    onSuccess: () => { say({ text: "Signed out" }); return cache.invalidateQueries({ queryKey: ["deployments"] }); },
    onError: (thrown) => say({ tone: "bad", text: toProblem(thrown).title }),
  });
  return (
    <Section title="Account" hint="You are signed in to this server with your browser. What Catwalk got for that is sealed, and shown to this server alone.">
      <div className="mt-4 flex items-end justify-between gap-4">
        <p className="selectable min-w-0 text-sm text-ink-2 [overflow-wrap:anywhere]">{scopes.length > 0 && <>Permitted: {scopes.join(", ")}</>}</p>
        <Button busy={leave.isPending} onClick={() => leave.mutate()} data-testid="sign-out">Sign out</Button>
      </div>
    </Section>
  );
}

/** For servers that keep in their memory what one user did. */
function Sessions({ server }: { server: DeploymentView }) {
  const cache = useQueryClient();
  const isolate = useMutation({
    mutationFn: (on: boolean) => api.setIsolated(server.id, on),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["deployments"] }),
    onError: useSayFailure(),
  });
  return (
    <Section title="Sessions">
      <Field inline label="A process for each AI app’s session" help="Usually all apps share one. Turn this on for a server that mixes up what different chats do, like one that drives a browser. It takes more memory.">
        {(ids) => <Switch {...ids} checked={server.isolated} onChange={(on) => isolate.mutate(on)} data-testid="isolated" />}
      </Field>
    </Section>
  );
}

function About({ server }: { server: DeploymentView }) {
  return (
    <Section title="What runs">
      {server.command.length > 0 && <div className="rounded-xl border border-line bg-sunken p-4"><CommandLine words={server.command} /></div>}
      <dl className="selectable mt-4 grid grid-cols-[120px_minmax(0,1fr)] gap-y-1.5 text-sm [&_dd]:[overflow-wrap:anywhere] [&_dt]:text-ink-3">
        <dt>Source</dt><dd>{sourceLine(server)}</dd>
        {server.version && <><dt>Version</dt><dd>{server.version}</dd></>}
        <dt>Runs</dt><dd>{server.target === "local" ? "On this computer" : "Hosted elsewhere; nothing runs here"}</dd>
        <dt>Added</dt><dd>{moment(server.createdAt)}</dd>
      </dl>
    </Section>
  );
}
