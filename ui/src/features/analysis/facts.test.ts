import { expect, it } from "vitest";
import { analysisOf } from "@/ipc/demo/analyses";
import { facts, place, resolve } from "./facts";

it("reads JSON pointers", () => {
  const document = { a: [{ "x/y": 1, "m~n": 2 }] };
  expect(resolve(document, "/a/0/x~1y")).toBe(1);
  expect(resolve(document, "/a/0/m~0n")).toBe(2);
  expect(resolve(document, "/a/9/b")).toBeUndefined();
});

it("names each fact, with its value", () => {
  const { manifest, evidence } = analysisOf("notes", "x").analysis;
  expect(facts(manifest, evidence).map((f) => [f.label, f.value])).toEqual([
    ["Package", "notes-mcp"], ["Version", "0.9.1"], ["Setting", "NOTES_API_KEY"], ["Setting", "NOTES_REGION"], ["Title", "Team notes"],
  ]);
});

it("puts the details of a variable under the variable", () => {
  const { manifest } = analysisOf("notes", "x").analysis;
  const about = (pointer: string) => ({ pointer, source: { kind: "pasted" }, excerpt: "", confidence: "high" }) as const;
  const found = facts(manifest, [about("/packages/0/environmentVariables/0/isSecret"), about("/packages/0/environmentVariables/0")]);
  expect(found).toHaveLength(1);
  expect(found[0]?.evidence).toHaveLength(2);
});

it("says where it was read", () => {
  expect(place({ kind: "file", path: "README.md", line: 48, url: null }).text).toBe("README.md:48");
  expect(place({ kind: "pasted" }).text).toBe("what you pasted");
});
