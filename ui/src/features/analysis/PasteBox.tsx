import { ArrowRight, ClipboardPaste } from "lucide-react";
import { useRef, type KeyboardEvent } from "react";
import { Button } from "@/components/Button";
import { cx } from "@/components/cx";

interface Props { text: string; onText: (text: string) => void; onSubmit: (text: string) => void; big?: boolean; autoFocus?: boolean }

const lines = (text: string): number => Math.min(12, Math.max(1, text.split("\n").length));

/** One box for everything that leads to a server. */
export function PasteBox({ text, onText, onSubmit, big, autoFocus }: Props) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const ready = text.trim() !== "";
  const submit = () => { if (ready) onSubmit(text.trim()); };
  const key = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || e.shiftKey || e.nativeEvent.isComposing) return;
    e.preventDefault();
    submit();
  };
  return (
    <form
      role="search"
      aria-label="Add a server"
      onSubmit={(e) => { e.preventDefault(); submit(); }}
      className={cx(
        "flex items-end gap-2 rounded-2xl border border-line-strong bg-surface shadow-card transition-colors focus-within:border-accent focus-within:ring-4 focus-within:ring-accent-soft",
        big ? "p-2.5 pl-4" : "p-1.5 pl-4",
      )}
    >
      <ClipboardPaste aria-hidden size={18} className={cx("shrink-0 text-ink-3", big ? "mb-3" : "mb-2.5")} />
      <textarea
        ref={ref}
        data-testid="paste-input"
        aria-label="Link, package name, command or JSON"
        placeholder="Paste a link, a package name, a command or JSON"
        autoFocus={autoFocus}
        autoComplete="off"
        spellCheck={false}
        rows={lines(text)}
        value={text}
        onChange={(e) => onText(e.target.value)}
        onKeyDown={key}
        className={cx("min-w-0 flex-1 resize-none bg-transparent focus-visible:outline-none", big ? "py-2.5 text-lg leading-6" : "py-1.5 text-base leading-6", text.includes("\n") && "font-mono !text-sm")}
      />
      <Button type="submit" variant="primary" size={big ? "lg" : "md"} disabled={!ready} data-testid="analyze">
        {big ? "Look at it" : "Add"}<ArrowRight aria-hidden size={16} />
      </Button>
    </form>
  );
}
