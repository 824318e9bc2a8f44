import { useMutation, useQuery } from "@tanstack/react-query";
import { Eye, EyeOff, RefreshCw } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button, IconButton } from "@/components/Button";
import { Section } from "@/components/Card";
import { CopyButton } from "@/components/CopyButton";
import { Confirm } from "@/components/Dialog";
import { Disclosure } from "@/components/Disclosure";
import { useToast } from "@/components/Toasts";
import { api } from "@/ipc/client";
import { queries } from "@/ipc/queries";
import type { DeploymentView } from "@/ipc/types";
import { useSayFailure } from "@/problems/useSayFailure";

/** The stable address and the token that opens it. */
export function EndpointCard({ server }: { server: DeploymentView }) {
  const failed = useSayFailure();
  const endpoint = useQuery(queries.endpoint(server.id));
  const url = endpoint.data?.url ?? server.endpoint;
  const [seen, setSeen] = useState<string | null>(null);
  const read = () => api.endpoint(server.id, true).then(({ token }) => token);
  const reveal = useMutation({ mutationFn: read, onSuccess: setSeen, onError: failed });
  // What is copied works as it is; the token comes along without being shown.
  const withToken = (write: (token: string) => string) => async () => {
    const token = seen ?? (await read().catch((thrown: unknown) => { failed(thrown); return null; }));
    return token && write(token);
  };
  const entry = (token: string) => JSON.stringify({ [server.slug]: { type: "http", url, headers: { Authorization: `Bearer ${token}` } } }, null, 2);
  return (
    <Section title="For any other AI app" hint="An app that takes an HTTP address can use this one. It stays the same through restarts and updates.">
      <Row label="Address"><code data-testid="endpoint-url" className="text-accent">{url}</code><CopyButton text={url} what="endpoint" worded data-testid="copy-endpoint" /></Row>
      <Row label="Token">
        <code data-testid="endpoint-token" className={seen ? "" : "text-ink-3"}>{seen ?? "••••••••••••••••••••••••"}</code>
        <span className="flex">
          <IconButton icon={seen ? EyeOff : Eye} label={seen ? "Hide token" : "Show token"} onClick={() => { if (seen) setSeen(null); else reveal.mutate(); }} data-testid="reveal-token" />
          <CopyButton text={withToken((token) => token)} what="token" data-testid="copy-token" />
        </span>
      </Row>
      <div className="mt-3">
        <Disclosure title="The entry for its configuration" data-testid="endpoint-entry">
          <p className="mb-2 text-sm text-ink-2">Add this under <code className="text-xs">mcpServers</code> in the app’s configuration.{!seen && " Copying it fills in the token."}</p>
          <div className="relative">
            <pre tabIndex={0} className="overflow-x-auto rounded-xl border border-line bg-sunken p-3 pr-11 text-xs leading-5">{entry(seen ?? "<token>")}</pre>
            <div className="absolute top-1.5 right-1.5"><CopyButton text={withToken(entry)} what="configuration" data-testid="copy-entry" /></div>
          </div>
          <ReplaceToken onDone={() => setSeen(null)} />
        </Disclosure>
      </div>
    </Section>
  );
}

/** For a token that somebody saw who should not have. */
function ReplaceToken({ onDone }: { onDone: () => void }) {
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const rotate = useMutation({
    mutationFn: () => api.rotateToken(),
    onSuccess: () => { onDone(); say({ text: "There is a new token" }); },
    onError: useSayFailure(),
    onSettled: () => setAsking(false),
  });
  return (
    <div className="mt-3">
      <Button size="sm" icon={RefreshCw} onClick={() => setAsking(true)} data-testid="rotate-token">Replace the token…</Button>
      <Confirm open={asking} onClose={() => setAsking(false)} onConfirm={() => rotate.mutate()} busy={rotate.isPending} title="Replace the token?" action="Replace" testId="confirm-rotate">
        The old one stops working at once. Apps that you set up by hand need the new one; apps that Catwalk connected keep working.
      </Confirm>
    </div>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-11 items-center gap-3 border-b border-line first-of-type:mt-0 last-of-type:border-0 [&>code]:min-w-0 [&>code]:flex-1 [&>code]:text-sm [&>code]:[overflow-wrap:anywhere]">
      <span className="w-16 shrink-0 text-sm text-ink-3">{label}</span>
      {children}
    </div>
  );
}
