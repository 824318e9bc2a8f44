import type { Analysis } from "@/ipc/types";

/** A name for people, before they choose their own. */
export function nameOf({ manifest, source }: Analysis): string {
  if (manifest.title) return manifest.title;
  if ("title" in source && source.title) return source.title;
  const raw = manifest.packages?.[0]?.identifier ?? manifest.name;
  const last = raw.split("/").at(-1) ?? raw;
  const words = last.replace(/^(mcp-server|server|mcp)[-_]/i, "").replace(/[-_](mcp-server|server|mcp)$/i, "").split(/[-_.\s]+/).filter(Boolean);
  const text = words.join(" ");
  return text === "" ? raw : text.charAt(0).toUpperCase() + text.slice(1);
}
