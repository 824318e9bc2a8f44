// What a command line hides: control characters, text that runs backwards, letters without width. Shown, never obeyed.

export interface Segment { text: string; hidden: boolean }

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\u3164\uffa0]|[\u115f\u1160]|[\ufe00-\ufe0f]|(?! )\p{Zs}/gu;
const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u001b": "\\e", "\0": "\\0" };

const name = (char: string): string =>
  SHORT[char] ?? `\\u{${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}}`;

/** Cuts text into what can be shown as it is and what must be spelled out. */
export function segments(text: string): Segment[] {
  const out: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(INVISIBLE)) {
    if (match.index > from) out.push({ text: text.slice(from, match.index), hidden: false });
    out.push({ text: name(match[0]), hidden: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push({ text: text.slice(from), hidden: false });
  return out;
}

/** Whether anything in the text would not be seen. */
export const hidesSomething = (texts: string[]): boolean => texts.some((t) => segments(t).some((s) => s.hidden));

/** One argument as a shell would need it, so that its bounds can be seen. */
export function quoted(argument: string): string {
  if (/^[\p{L}\p{N}@%+=:,./<>•~_-]+$/u.test(argument)) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

/** The whole command as one line to copy. */
export const commandLine = (command: string[]): string => command.map(quoted).join(" ");
