import { CircleAlert, CircleCheck } from "lucide-react";
import { useEffect, useRef } from "react";
import { Badge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { Disclosure } from "@/components/Disclosure";
import type { JsonValue, ToolResult } from "@/ipc/types";
import { took } from "@/text/time";
import { parsed } from "./schema";

type Item = Record<string, JsonValue>;
const asItem = (json: string): Item => {
  const value = parsed(json);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : { type: "?", value: json };
};

/** Text that is JSON is easier to read indented. */
function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export function ResultView({ result }: { result: ToolResult }) {
  const ref = useRef<HTMLElement>(null);
  // The answer may lie below a long form; whoever ran the tool wants to see it.
  useEffect(() => {
    ref.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [result]);
  return (
    <section ref={ref} aria-label="Result" data-testid="tool-result" data-error={result.isError} className="rise flex flex-col gap-3 border-t border-line pt-4">
      <header className="flex items-center gap-3">
        {result.isError ? <Badge tone="bad" icon={CircleAlert}>The tool reports an error</Badge> : <Badge tone="ok" icon={CircleCheck}>Done</Badge>}
        <span className="text-xs text-ink-3 tabular-nums">{took(result.millis)}</span>
      </header>
      {result.content.map((json, index) => <Content key={index} item={asItem(json)} />)}
      {result.content.length === 0 && result.structured === null && <p className="text-sm text-ink-2">The tool answered without content.</p>}
      {result.structured !== null && (
        <Disclosure title="Structured result" open={result.content.length === 0}><Block text={pretty(result.structured)} /></Disclosure>
      )}
    </section>
  );
}

function Content({ item }: { item: Item }) {
  const { type, text, data, mimeType } = item;
  if (type === "text" && typeof text === "string") return <Block text={pretty(text)} />;
  if (type === "image" && typeof data === "string" && typeof mimeType === "string" && IMAGES.includes(mimeType)) {
    return <img alt="The tool's answer" src={`data:${mimeType};base64,${data}`} className="max-h-80 max-w-full self-start rounded-xl border border-line" />;
  }
  return <Block text={JSON.stringify(item, null, 2)} />;
}

function Block({ text }: { text: string }) {
  return (
    <div className="relative">
      <pre tabIndex={0} className="max-h-80 overflow-auto rounded-xl border border-line bg-sunken p-3 pr-11 text-sm leading-6 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</pre>
      <div className="absolute top-1.5 right-1.5"><CopyButton text={text} what="result" /></div>
    </div>
  );
}
