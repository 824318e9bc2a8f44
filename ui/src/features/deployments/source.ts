import { Folder, FolderGit2, Globe, Package, type LucideIcon } from "lucide-react";
import type { DeploymentView, Source } from "@/ipc/types";

/** Where a server comes from, for people. */
export function origin(source: Source): { icon: LucideIcon; label: string } {
  switch (source.kind) {
    case "npm": return { icon: Package, label: "npm package" };
    case "pypi": return { icon: Package, label: "Python package" };
    case "github": return { icon: FolderGit2, label: "GitHub" };
    case "folder": return { icon: Folder, label: "Folder on this computer" };
    case "remote": return { icon: Globe, label: "Hosted server" };
  }
}

const PREFIXES: [string, string][] = [["npm:", "npm · "], ["pypi:", "PyPI · "], ["github:", "GitHub · "], ["folder:", "Folder · "]];

/** The source in one line that reads well. */
export function sourceLine({ sourceText }: DeploymentView): string {
  const known = PREFIXES.find(([prefix]) => sourceText.startsWith(prefix));
  return known ? known[1] + sourceText.slice(known[0].length) : sourceText;
}
