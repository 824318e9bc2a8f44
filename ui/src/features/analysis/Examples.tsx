import { FolderOpen } from "lucide-react";
import { cx } from "@/components/cx";
import { api } from "@/ipc/client";
import { useSayFailure } from "@/problems/useSayFailure";

const EXAMPLES: [string, string][] = [
  ["GitHub link", "https://github.com/modelcontextprotocol/servers/tree/main/src/time"],
  ["npm package", "@modelcontextprotocol/server-memory"],
  ["Python package", "mcp-server-fetch"],
  ["Command", "npx -y @modelcontextprotocol/server-filesystem"],
  ["JSON snippet", '{\n  "mcpServers": {\n    "time": { "command": "uvx", "args": ["mcp-server-time"] }\n  }\n}'],
];

const chip = "rounded-full border border-line-strong px-3 py-1 text-sm text-ink-2 transition-colors hover:border-accent hover:text-ink";

/** What the box takes, as examples to try. */
export function Examples({ onPick, centred }: { onPick: (text: string) => void; centred?: boolean }) {
  const failed = useSayFailure();
  const choose = () => { api.pickFolder().then((path) => { if (path) onPick(path); }).catch(failed); };
  return (
    <div className={cx("flex flex-wrap items-center gap-2", centred && "justify-center")}>
      <span className="text-sm text-ink-3">Try a</span>
      {EXAMPLES.map(([label, text]) => (
        <button key={label} type="button" onClick={() => onPick(text)} className={chip}>
          {label}
        </button>
      ))}
      <span className="inline-flex items-center gap-2">
        <span className="text-sm text-ink-3">or</span>
        <button type="button" onClick={choose} data-testid="pick-source" className={cx(chip, "inline-flex items-center gap-1.5")}><FolderOpen aria-hidden size={14} />Choose a folder…</button>
      </span>
    </div>
  );
}
