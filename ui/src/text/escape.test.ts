import { describe, expect, it } from "vitest";
import { commandLine, hidesSomething, quoted, segments } from "./escape";

const spelled = (text: string) => segments(text).map((s) => (s.hidden ? `[${s.text}]` : s.text)).join("");

describe("segments", () => {
  it.each([
    ["plain text", "plain text"],
    ["\u202Egpj.exe", "[\\u{202E}]gpj.exe"],
    ["a\u200Bb\uFEFF", "a[\\u{200B}]b[\\u{FEFF}]"],
    ["\u001b[31mred", "[\\e][31mred"],
    ["line\nline\t", "line[\\n]line[\\t]"],
    ["no\u00A0break", "no[\\u{00A0}]break"],
    ["tag\u{E0041}", "tag[\\u{E0041}]"],
    ["\u3164", "[\\u{3164}]"],
    ["Größe 日本 •", "Größe 日本 •"],
  ])("spells out what cannot be seen in %j", (text, expected) => {
    expect(spelled(text)).toBe(expected);
  });

  it("keeps every visible character, however long the text", () => {
    const text = "x".repeat(5000);
    expect(segments(text)).toEqual([{ text, hidden: false }]);
  });
});

describe("a command line", () => {
  it("shows where arguments begin and end", () => {
    expect(commandLine(["npx", "-y", "a b", "it's", "", "$(rm -rf /)"])).toBe("npx -y 'a b' 'it'\\''s' '' '$(rm -rf /)'");
  });

  it("leaves ordinary words alone", () => {
    expect(quoted("@scope/pkg@1.2.3")).toBe("@scope/pkg@1.2.3");
    expect(quoted("<allowed_directory>")).toBe("<allowed_directory>");
  });

  it("knows when it hides something", () => {
    expect(hidesSomething(["npx", "a"])).toBe(false);
    expect(hidesSomething(["npx", "a\u2066"])).toBe(true);
  });
});
