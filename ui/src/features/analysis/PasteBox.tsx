import { ArrowRight, ClipboardPaste } from "lucide-react";
import { useLayoutEffect, useRef, type KeyboardEvent } from "react";
import { Button } from "@/components/Button";
import { cx } from "@/components/cx";

interface Props { text: string; onText: (text: string) => void; onSubmit: (text: string) => void; big?: boolean; autoFocus?: boolean }

/** Higher than this it scrolls. */
const HIGHEST = 264;

/** One box for everything that leads to a server. */
export function PasteBox({ text, onText, onSubmit, big, autoFocus }: Props) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const ready = text.trim() !== "";
  // As high as its text, which may wrap: counting lines is not enough.
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(HIGHEST, box.scrollHeight)}px`;
  }, [text, big]);
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
        "flex items-start gap-3 rounded-2xl border border-edge bg-surface shadow-card transition-colors focus-within:border-accent focus-within:ring-4 focus-within:ring-accent-soft",
        big ? "p-2.5 pl-4" : "p-1.5 pl-4",
      )}
    >
      <ClipboardPaste aria-hidden size={18} className={cx("shrink-0 text-ink-3", big ? "mt-3.5" : "mt-[9px]")} />
      <textarea
        ref={ref}
        data-testid="paste-input"
        aria-label="Link, package name, command or JSON"
        placeholder="Paste a link, a package name, a command or JSON"
        autoFocus={autoFocus}
        autoComplete="off"
        spellCheck={false}
        rows={1}
        value={text}
        onChange={(e) => onText(e.target.value)}
        onKeyDown={key}
        className={cx("min-w-0 flex-1 resize-none bg-transparent focus-visible:outline-none", big ? "py-2.5 text-lg leading-6" : "py-1.5 text-base leading-6", text.includes("\n") && "font-mono !text-sm")}
      />
      <Button type="submit" variant="primary" className="self-end" size={big ? "lg" : "md"} disabled={!ready} data-testid="analyze">
        {big ? "Continue" : "Add"}<ArrowRight aria-hidden size={16} />
      </Button>
    </form>
  );
}
