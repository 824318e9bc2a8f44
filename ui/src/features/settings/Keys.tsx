import { KeyRound, LockOpen } from "lucide-react";
import { useState } from "react";
import { Badge, type Tone } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { Field } from "@/components/Field";
import { SecretInput } from "@/components/Inputs";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import type { SettingsView, VaultState } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { useOpenUrl } from "@/problems/useOpenUrl";
import { useSave } from "./useSave";

const VAULT: Record<VaultState, { label: string; tone: Tone; text: string }> = {
  unlocked: { label: "Unlocked", tone: "ok", text: "Your secrets are sealed on disk; the key to them is in this computer’s keychain." },
  locked: { label: "Locked", tone: "warn", text: "Servers with secrets cannot start until the keychain is unlocked. Nothing is lost." },
};

export function Keys({ settings }: { settings: SettingsView }) {
  const vault = VAULT[settings.vault];
  const unlock = useSave(() => api.unlockVault(), "The keychain is unlocked");
  return (
    <Section title="Keys">
      <div className="flex items-center gap-4">
        <div className="flex-1">
          <p className="flex items-center gap-2 font-medium">Keychain <span data-testid="vault-state" data-state={settings.vault}><Badge tone={vault.tone} icon={KeyRound}>{vault.label}</Badge></span></p>
          <p className="text-sm text-ink-2">{vault.text}</p>
        </div>
        {settings.vault !== "unlocked" && <Button icon={LockOpen} busy={unlock.isPending} onClick={() => unlock.mutate(undefined)} data-testid="unlock-vault">Unlock</Button>}
      </div>
      {unlock.error && <ProblemCard className="mt-4" problem={toProblem(unlock.error)} retry={() => unlock.mutate(undefined)} />}
      <hr className="my-5 border-line" />
      <GithubToken set={settings.githubTokenSet} />
    </Section>
  );
}

function GithubToken({ set }: { set: boolean }) {
  const [token, setToken] = useState("");
  const save = useSave((value: string | null) => api.setGithubToken(value), (value) => (value === null ? "Removed" : "Saved"));
  const openUrl = useOpenUrl();
  const done = { onSuccess: () => setToken("") };
  return (
    <form onSubmit={(e) => { e.preventDefault(); if (token.trim() !== "") save.mutate(token.trim(), done); }}>
      <Field
        label="GitHub token"
        optional
        help="Lets Catwalk read private repositories, and more than 60 public ones an hour. Reading rights are enough."
        error={save.error ? toProblem(save.error).explanation : undefined}
        link={{ label: "Where do I get this?", open: () => openUrl("https://github.com/settings/personal-access-tokens/new") }}
      >
        {(ids) => (
          <div className="flex gap-2">
            <div className="flex-1"><SecretInput {...ids} data-testid="github-token" value={token} placeholder={set ? "Saved. Type to replace it" : "github_pat_…"} onChange={(e) => setToken(e.target.value)} /></div>
            <Button type="submit" busy={save.isPending} disabled={token.trim() === ""} data-testid="save-github-token">Save</Button>
            {set && <Button variant="ghost" onClick={() => save.mutate(null, done)} data-testid="remove-github-token">Remove</Button>}
          </div>
        )}
      </Field>
    </form>
  );
}
