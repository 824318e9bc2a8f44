import { useQuery } from "@tanstack/react-query";
import { KeyRound, LockOpen, LogOut, UserRound } from "lucide-react";
import { Badge, type Tone } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { useNow } from "@/components/useNow";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { SettingsView, VaultState } from "@/ipc/types";
import { GithubSignIn } from "@/problems/GithubSignIn";
import { ProblemCard } from "@/problems/ProblemCard";
import { clock } from "@/text/time";
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
      <Github />
    </Section>
  );
}

/** Who GitHub takes us for, and what is left of its limit. */
function Github() {
  const { data } = useQuery(queries.github());
  const forget = useSave(() => api.setGithubToken(null), "Signed out of GitHub");
  const now = useNow();
  if (!data) return null;
  const { tokenSet, login, allowance } = data;
  const left = allowance && allowance.reset > now ? `${allowance.remaining} of ${allowance.limit} questions left until ${clock(allowance.reset)}.` : null;
  return (
    <>
      <div className="flex items-center gap-4">
        <div className="flex-1">
          <p className="flex items-center gap-2 font-medium">GitHub <span data-testid="github-account"><Badge tone={tokenSet ? "ok" : "plain"} icon={UserRound}>{tokenSet ? (login ?? "Token saved") : "Not signed in"}</Badge></span></p>
          <p className="text-sm text-ink-2">{left ?? (tokenSet ? "Up to 5,000 questions an hour." : "60 questions an hour, public repositories only.")}</p>
        </div>
        {tokenSet && <Button icon={LogOut} busy={forget.isPending} onClick={() => forget.mutate(undefined)} data-testid="remove-github-token">Sign out</Button>}
      </div>
      <GithubSignIn />
    </>
  );
}
