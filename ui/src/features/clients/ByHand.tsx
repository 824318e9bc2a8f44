import { useQuery } from "@tanstack/react-query";
import { CopyButton } from "@/components/CopyButton";
import { api } from "@/ipc/client";
import type { ClientView, DeploymentView } from "@/ipc/types";

/** The entry for those who edit the file themselves. */
export function ByHand({ client, server }: { client: ClientView; server: DeploymentView }) {
  // Shown because the user asked; the token is not kept once the dialog is closed.
  const endpoint = useQuery({ queryKey: ["by-hand", server.id], queryFn: () => api.endpoint(server.id, true), gcTime: 0 });
  const entry =
    client.kind === "claude-desktop"
      ? { command: "catwalk", args: ["bridge", server.slug] }
      : { type: "http", url: server.endpoint, headers: { Authorization: `Bearer ${endpoint.data?.token ?? "<token>"}` } };
  const text = JSON.stringify({ mcpServers: { [server.slug]: entry } }, null, 2);
  return (
    <div className="mt-4">
      <p className="mb-2 text-sm text-ink-2">Put this into <code className="text-xs [overflow-wrap:anywhere]">{client.file}</code>:</p>
      <div className="relative">
        <pre tabIndex={0} data-testid="by-hand" className="overflow-x-auto rounded-xl border border-line bg-sunken p-3 pr-11 text-xs leading-5">{text}</pre>
        <div className="absolute top-1.5 right-1.5"><CopyButton text={text} what="entry" /></div>
      </div>
    </div>
  );
}
