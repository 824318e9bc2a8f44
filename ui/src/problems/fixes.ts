// From a Fix to a button that leads on.
import { useNavigate } from "react-router";
import { api } from "@/ipc/client";
import type { Fix } from "@/ipc/types";

export interface FixContext {
  /** Does again what failed; the button is busy for as long as a promise it gives is under way. */
  retry?: (() => unknown) | undefined;
  /** The deployment the problem is about. */
  deployment?: string | undefined;
  /** Where the form is, when it is not the server's settings. */
  editAnswers?: ((field: string | null) => void) | undefined;
  /** Goes back to the paste box. */
  changeSource?: (() => void) | undefined;
  /** Analyses something else, as if it had been pasted. */
  choose?: ((text: string) => void) | undefined;
  /** Shows the entry to paste into an AI app by hand. */
  copyEntry?: (() => void) | undefined;
}

export interface Action {
  label: string;
  run: () => Promise<unknown>;
  /** Ends it early, where it waits for a person. */
  cancel?: (() => void) | undefined;
}

export function label(fix: Fix): string {
  switch (fix.kind) {
    case "retry": return "Try again";
    case "useAnotherPort": return "Use another port";
    case "copyEntry": return "Show what to paste";
    case "changeSource": return "Paste something else";
    case "chooseSource": return "Paste something else";
    case "signInGithub": return "Sign in to GitHub";
    case "editAnswers": return "Change the answers";
    case "unlockKeychain": return "Unlock the keychain";
    case "startOver": return "Start over with a new key…";
    case "restoreDatabase": return "Go back to the last good copy";
    case "openUrl": return fix.label;
    case "openSettings": return "Open settings";
    case "showLog": return "Show the log";
    case "restart": return "Start it again";
    case "signIn": return "Sign in";
    case "allowScripts": return "Allow the script and install again";
  }
}

/** The action behind a fix, or null when this place cannot do it. */
export function useFix({ retry, deployment, editAnswers, changeSource, copyEntry }: FixContext): (fix: Fix | null) => Action | null {
  const navigate = useNavigate();
  const go = (to: string) => async () => { await navigate(to); };
  const now = (run: () => void) => () => {
    run();
    return Promise.resolve();
  };
  const again = async () => { await retry?.(); };

  const runner = (fix: Fix): (() => Promise<unknown>) | null => {
    switch (fix.kind) {
      case "retry": return retry ? again : deployment ? () => api.startDeployment(deployment) : null;
      case "useAnotherPort": return () => api.useAnotherPort().then(again);
      case "copyEntry": return copyEntry ? now(copyEntry) : null;
      // The choices and the sign-in stand above the button.
      case "signInGithub": return retry ? again : null;
      case "chooseSource":
      case "changeSource": return changeSource ? now(changeSource) : go("/new");
      case "editAnswers":
        if (editAnswers) return now(() => editAnswers(fix.field));
        return deployment ? go(`/servers/${deployment}/settings?field=${encodeURIComponent(fix.field ?? "")}`) : null;
      case "unlockKeychain": return () => api.unlockVault().then(() => (retry ? again() : deployment ? api.startDeployment(deployment) : null));
      case "startOver": return () => api.startOver();
      case "restoreDatabase": return () => api.restoreDatabase().then(again);
      case "openUrl": return () => api.openUrl(fix.url);
      case "openSettings": return go("/settings");
      case "showLog": return deployment ? go(`/servers/${deployment}/log`) : null;
      case "restart": return deployment ? () => api.restartDeployment(deployment) : null;
      case "signIn": return deployment ? () => api.signIn(deployment) : null;
      case "allowScripts": return deployment ? () => api.allowScripts(deployment, fix.packages) : null;
    }
  };

  return (fix) => {
    const asked: Fix | null = fix ?? (retry ? { kind: "retry" } : null);
    const run = asked && runner(asked);
    const cancel = asked?.kind === "signIn" && deployment ? () => void api.cancelSignIn(deployment) : undefined;
    return asked && run ? { label: label(asked), run, cancel } : null;
  };
}
