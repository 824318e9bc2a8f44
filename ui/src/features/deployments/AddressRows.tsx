import { Eye, EyeOff } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import type { useToken } from "./useToken";

/** An address and its token, each to be copied. */
export function AddressRows({ url, token, name = "endpoint" }: { url: string; token: ReturnType<typeof useToken>; name?: string }) {
  return (
    <>
      <Row label="Address"><code data-testid={`${name}-url`} className="text-accent">{url}</code><CopyButton text={url} what={name} worded data-testid={`copy-${name}`} /></Row>
      <Row label="Token">
        <code data-testid={`${name}-token`} className={token.seen ? "" : "text-ink-3"}>{token.seen ?? "••••••••••••••••••••••••"}</code>
        <span className="flex">
          <IconButton icon={token.seen ? EyeOff : Eye} label={token.seen ? "Hide token" : "Show token"} onClick={token.seen ? token.hide : token.show} data-testid={name === "endpoint" ? "reveal-token" : `reveal-${name}-token`} />
          <CopyButton text={token.within((secret) => secret)} what="token" data-testid={name === "endpoint" ? "copy-token" : `copy-${name}-token`} />
        </span>
      </Row>
    </>
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
