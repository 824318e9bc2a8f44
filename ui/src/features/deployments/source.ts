import { Folder, FolderGit2, Globe, Package, type LucideIcon } from "lucide-react";
import type { Source } from "@/ipc/types";

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
