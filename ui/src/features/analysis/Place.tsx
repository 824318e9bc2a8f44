import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import type { EvidenceSource } from "@/ipc/types";
import { useOpenUrl } from "@/problems/useOpenUrl";
import { place } from "./facts";

/** Where something was read, and the page that shows it one click away. */
export function Place({ source, children }: { source: EvidenceSource; children?: ReactNode }) {
  const { text, url } = place(source);
  const openUrl = useOpenUrl();
  return (
    <p className="mt-0.5 text-xs text-ink-3 [overflow-wrap:anywhere]">
      {url ? (
        <button type="button" onClick={() => openUrl(url)} className="inline-flex items-center gap-1 rounded font-mono text-accent hover:underline">
          {text}<ExternalLink aria-hidden size={10} />
        </button>
      ) : <span className="font-mono">{text}</span>}
      {children}
    </p>
  );
}
