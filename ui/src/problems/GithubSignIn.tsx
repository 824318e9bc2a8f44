import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ExternalLink, LogIn } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { Field } from "@/components/Field";
import { SecretInput, Switch } from "@/components/Inputs";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import { useOpenUrl } from "./useOpenUrl";
import { useSayFailure } from "./useSayFailure";

const NEW_TOKEN = "https://github.com/settings/personal-access-tokens/new";

interface Props {
  /** What was looked for may be private: offer to read such repositories too. */
  hidden?: boolean;
  /** Runs once when somebody has signed in. */
  onDone?: (() => unknown) | undefined;
}

/** The ways to be known to GitHub: a code typed on its page, or a token. */
export function GithubSignIn({ hidden = false, onDone }: Props) {
  const account = useQuery(queries.github());
  const cache = useQueryClient();
  const openUrl = useOpenUrl();
  const sayFailure = useSayFailure();
  const [priv, setPriv] = useState(hidden);
  const [token, setToken] = useState("");
  const again = () => cache.invalidateQueries({ queryKey: ["settings"] });
  const begin = useMutation({ mutationFn: () => api.githubSignIn(priv), onSuccess: again });
  const save = useMutation({ mutationFn: (value: string) => api.setGithubToken(value), onSuccess: async () => { setToken(""); await again(); onDone?.(); } });

  // A sign-in that waited and now is no more, with a token in its place, has succeeded.
  const waited = useRef(false);
  const { code, tokenSet } = account.data ?? { code: null, tokenSet: false };
  useEffect(() => {
    if (code) waited.current = true;
    else if (waited.current && tokenSet) {
      waited.current = false;
      onDone?.();
    }
  }, [code, tokenSet, onDone]);
  if (!account.data) return null;

  if (code) {
    return (
      <div className="mt-4 rounded-xl border border-line bg-surface p-4" data-testid="github-code">
        <p className="text-sm text-ink-2">Type this code on GitHub’s page. Catwalk goes on by itself when you have.</p>
        <p className="mt-2 flex items-center gap-3"><span className="selectable font-mono text-2xl font-semibold tracking-widest">{code.code}</span><CopyButton text={code.code} what="code" /></p>
        <div className="mt-3 flex gap-2">
          <Button variant="primary" icon={ExternalLink} onClick={() => openUrl(code.page)}>Open GitHub</Button>
          <Button variant="ghost" onClick={() => { api.cancelGithubSignIn().then(again).catch(sayFailure); }}>Cancel</Button>
        </div>
      </div>
    );
  }
  const failed = begin.error ? toProblem(begin.error) : account.data.problem;
  return (
    <div className="mt-4 flex flex-col gap-4" data-testid="github-sign-in">
      {account.data.canSignIn && (
        <div>
          <Button variant="primary" icon={LogIn} busy={begin.isPending} onClick={() => begin.mutate()} data-testid="github-begin">Sign in to GitHub</Button>
          <label className="mt-3 flex items-center gap-3 text-sm text-ink-2">
            <Switch checked={priv} onChange={setPriv} aria-label="Private repositories too" />
            Private repositories too. GitHub can only give this together with the right to change them.
          </label>
          {failed && <p role="alert" className="mt-2 text-sm text-bad">{failed.title}. {failed.explanation}</p>}
        </div>
      )}
      <form onSubmit={(e) => { e.preventDefault(); if (token.trim() !== "") save.mutate(token.trim()); }}>
        <Field
          label={account.data.canSignIn ? "Or a token" : "GitHub token"}
          help="Lets Catwalk read private repositories, and more than 60 public ones an hour. Reading rights are enough. It is sealed with the key in your keychain."
          error={save.error ? toProblem(save.error).explanation : undefined}
          link={{ label: "Where do I get this?", open: () => openUrl(NEW_TOKEN) }}
        >
          {(ids) => (
            <div className="flex gap-2">
              <div className="flex-1"><SecretInput {...ids} data-testid="github-token" value={token} placeholder={tokenSet ? "Saved. Type to replace it" : "github_pat_…"} onChange={(e) => setToken(e.target.value)} /></div>
              <Button type="submit" busy={save.isPending} disabled={token.trim() === ""} data-testid="save-github-token">Save</Button>
            </div>
          )}
        </Field>
      </form>
    </div>
  );
}
