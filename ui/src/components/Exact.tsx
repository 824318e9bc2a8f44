import { quoted, segments } from "@/text/escape";
import { cx } from "./cx";

/** Text with everything invisible in it spelled out. */
export function Visible({ text }: { text: string }) {
  return segments(text).map((part, index) =>
    part.hidden ? (
      <mark key={index} title="A character that cannot be seen" className="rounded bg-warn-soft px-0.5 text-warn ring-1 ring-warn/40">{part.text}</mark>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  );
}

/** A command, whole: it wraps, it is never cut, and its words cannot run together. */
export function CommandLine({ words, className }: { words: string[]; className?: string }) {
  return (
    <code data-testid="exact-command" dir="ltr" className={cx("block font-mono text-sm leading-6 [overflow-wrap:anywhere] [unicode-bidi:isolate]", className)}>
      {words.map((word, index) => (
        <span key={index}>
          <span className={cx("inline-block max-w-full align-top", index === 0 && "text-accent", /^<.*>$/.test(word) && "text-teal")}>
            <Visible text={quoted(word)} />
          </span>
          {index < words.length - 1 && " "}
        </span>
      ))}
    </code>
  );
}
