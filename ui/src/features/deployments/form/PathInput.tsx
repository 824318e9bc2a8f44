import { FileSearch, FolderOpen } from "lucide-react";
import type { ComponentProps } from "react";
import { Button } from "@/components/Button";
import { TextInput } from "@/components/Inputs";
import { useSayFailure } from "@/problems/useSayFailure";

interface Props extends ComponentProps<"input"> {
  pick: () => Promise<string | null>;
  onPick: (path: string) => void;
  noun: "folder" | "file";
  "data-testid": string;
}

/** A path, typed or by the system's picker. */
export function PathInput({ pick, onPick, noun, ...rest }: Props) {
  const failed = useSayFailure();
  const choose = () => { pick().then((path) => { if (path) onPick(path); }).catch(failed); };
  return (
    <div className="flex min-w-0 flex-1 gap-2">
      <TextInput {...rest} placeholder={rest.placeholder ?? (noun === "folder" ? "Choose a folder…" : "Choose a file…")} className="min-w-0 flex-1 font-mono text-sm" />
      <Button icon={noun === "folder" ? FolderOpen : FileSearch} onClick={choose} data-testid={`pick-${rest["data-testid"]}`}>Choose…</Button>
    </div>
  );
}
