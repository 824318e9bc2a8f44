import { useMutation, useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { Field } from "@/components/Field";
import { SecretInput, Select, TextInput } from "@/components/Inputs";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { ModelSettings, ModelView, ProviderKind } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { useSave } from "./useSave";

const PROVIDERS: Record<ProviderKind, { label: string; base: string; key: boolean; ownBase: boolean }> = {
  openRouter: { label: "OpenRouter", base: "https://openrouter.ai/api/v1", key: true, ownBase: false },
  anthropic: { label: "Anthropic", base: "https://api.anthropic.com", key: true, ownBase: false },
  openAi: { label: "OpenAI or compatible", base: "https://api.openai.com/v1", key: true, ownBase: true },
  ollama: { label: "Ollama, on this computer", base: "http://localhost:11434", key: false, ownBase: true },
};
const isProvider = (value: string): value is ProviderKind => value in PROVIDERS;

/** "$3 and $15", per million tokens. */
const priced = (model: ModelView): string =>
  model.sentPrice === null || model.receivedPrice === null ? model.name : model.sentPrice + model.receivedPrice === 0 ? `${model.name} (free)` : `${model.name} ($${model.sentPrice.toFixed(2)} and $${model.receivedPrice.toFixed(2)} per million tokens)`;

export function Model() {
  const kept = useQuery(queries.modelSettings());
  if (!kept.data) return null;
  return <Chooser key={`${kept.data.provider ?? ""}/${kept.data.base ?? ""}`} kept={kept.data} />;
}

function Chooser({ kept }: { kept: ModelSettings }) {
  const [provider, setProvider] = useState<ProviderKind>(kept.provider ?? "openRouter");
  const [base, setBase] = useState(kept.base ?? "");
  const [key, setKey] = useState("");
  const [model, setModel] = useState(kept.model ?? "");
  const about = PROVIDERS[provider];
  const same = kept.provider === provider;
  const input = { provider, base: about.ownBase && base.trim() !== "" ? base.trim() : null, key: key.trim() === "" ? null : key.trim(), model: model === "" ? null : model };
  const look = useMutation({ mutationFn: () => api.tryModel(input) });
  const save = useSave(() => api.setModel(input), "Saved");
  const forget = useSave(() => api.forgetModel(), "Removed");
  const models = look.data?.models ?? (same && kept.model !== null ? [{ id: kept.model, name: kept.name ?? kept.model, context: null, sentPrice: null, receivedPrice: null }] : []);
  const error = look.error ?? save.error;
  const choose = (next: string) => { if (isProvider(next)) { setProvider(next); setBase(""); setKey(""); setModel(""); look.reset(); } };
  return (
    <Section title="Language model" hint="Optional. Asked only when you say so, for what Catwalk could not find in a server’s files. It sees those files and nothing else.">
      <div className="flex flex-col gap-4">
        <Field label="Provider">{(ids) => <Select {...ids} value={provider} onChange={choose} options={Object.entries(PROVIDERS).map(([value, { label }]) => ({ value, label }))} data-testid="model-provider" />}</Field>
        {about.ownBase && <Field label="Address" optional>{(ids) => <TextInput {...ids} value={base} placeholder={about.base} onChange={(e) => setBase(e.target.value)} data-testid="model-base" />}</Field>}
        {about.key && (
          <Field label="API key" help="Kept encrypted, like the keys of your servers, and sent to this provider only.">
            {(ids) => <SecretInput {...ids} value={key} placeholder={same && kept.keySet ? "Saved. Type to replace it" : ""} onChange={(e) => setKey(e.target.value)} data-testid="model-key" />}
          </Field>
        )}
        <div className="flex flex-wrap items-center gap-3">
          <Button busy={look.isPending} onClick={() => look.mutate()} data-testid="try-model">Check and list models</Button>
          {look.data && <p role="status" className="flex items-center gap-1.5 text-sm text-ok"><Check aria-hidden size={14} />It answers.{look.data.left !== null && ` $${look.data.left.toFixed(2)} left.`}</p>}
        </div>
        {models.length > 0 && <Field label="Model">{(ids) => <Select {...ids} value={model} onChange={setModel} options={models.map((m) => ({ value: m.id, label: priced(m) }))} data-testid="model-choice" />}</Field>}
        {error && <ProblemCard problem={toProblem(error)} retry={() => look.mutate()} />}
        <div className="flex gap-2">
          <Button variant="primary" disabled={model === ""} busy={save.isPending} onClick={() => save.mutate(undefined, { onSuccess: () => setKey("") })} data-testid="save-model">Save</Button>
          {kept.provider !== null && <Button variant="ghost" onClick={() => forget.mutate(undefined)} data-testid="forget-model">Remove</Button>}
        </div>
      </div>
    </Section>
  );
}
