import { useMutation, useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { CopyButton } from "@/components/CopyButton";
import { Confirm } from "@/components/Dialog";
import { Disclosure } from "@/components/Disclosure";
import { useToast } from "@/components/Toasts";
import { api } from "@/ipc/client";
import { queries } from "@/ipc/queries";
import type { DeploymentView, EndpointView } from "@/ipc/types";
import { useSayFailure } from "@/problems/useSayFailure";
import { AddressRows } from "./AddressRows";
import { useToken } from "./useToken";

/** The stable address and the token that opens it. */
export function EndpointCard({ server }: { server: DeploymentView }) {
  const endpoint = useQuery(queries.endpoint(server.id));
  return <Endpoint url={endpoint.data?.url ?? server.endpoint} entryName={server.slug} reveal={() => api.endpoint(server.id, true)} />;
}

interface Props { url: string; entryName: string; reveal: () => Promise<EndpointView>; hint?: string }

/** An address and the token that opens it. */
export function Endpoint({ url, entryName, reveal, hint }: Props) {
  const token = useToken(reveal);
  const entry = (secret: string) => JSON.stringify({ [entryName]: { type: "http", url, headers: { Authorization: `Bearer ${secret}` } } }, null, 2);
  return (
    <Section title="For any other AI app" hint={hint ?? "An app that takes an HTTP address can use this one. It stays the same through restarts and updates."}>
      <AddressRows url={url} token={token} />
      <div className="mt-3">
        <Disclosure title="The entry for its configuration" data-testid="endpoint-entry">
          <p className="mb-2 text-sm text-ink-2">Add this under <code className="text-xs">mcpServers</code> in the app’s configuration.{!token.seen && " Copying it fills in the token."}</p>
          <div className="relative">
            <pre tabIndex={0} className="overflow-x-auto rounded-xl border border-line bg-sunken p-3 pr-11 text-xs leading-5">{entry(token.seen ?? "<token>")}</pre>
            <div className="absolute top-1.5 right-1.5"><CopyButton text={token.within(entry)} what="configuration" data-testid="copy-entry" /></div>
          </div>
          <ReplaceToken onDone={token.hide} />
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
