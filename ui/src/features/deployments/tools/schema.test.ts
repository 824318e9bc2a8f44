import { expect, it } from "vitest";
import type { JsonValue } from "@/ipc/types";
import { argsOf, build, initialValues, parsed } from "./schema";

const schema = {
  type: "object",
  required: ["path", "count", "on"],
  properties: {
    path: { type: "string", description: "Where" },
    count: { type: "integer" },
    on: { type: "boolean" },
    mode: { type: "string", enum: ["a", "b"], default: "a" },
    tags: { type: "array", items: { type: "string" } },
    filter: { type: "object" },
    limit: { anyOf: [{ type: "number" }, { type: "null" }] },
  },
};

it("chooses a control for each argument", () => {
  expect(argsOf(schema).map((a) => [a.name, a.kind])).toEqual([
    ["path", "text"], ["count", "number"], ["on", "boolean"], ["mode", "choice"], ["tags", "list"], ["filter", "json"], ["limit", "number"],
  ]);
});

it("builds typed arguments and leaves out what is empty", () => {
  const args = argsOf(schema);
  const values = { ...initialValues(args), path: "/x", count: "3", tags: "one\ntwo\n", filter: '{"a":[1]}' };
  expect(build(args, values)).toEqual({ problems: {}, arguments: { path: "/x", count: 3, on: false, mode: "a", tags: ["one", "two"], filter: { a: [1] } } });
});

it("says what is wrong, by name", () => {
  const args = argsOf(schema);
  const { problems } = build(args, { ...initialValues(args), count: "1.5", limit: "x", filter: "{" });
  expect(Object.keys(problems)).toEqual(["count", "filter", "limit"]);
  expect(build(args, initialValues(args)).problems.count).toBe("This is needed.");
});

it("survives any schema", () => {
  const odd: JsonValue[] = [null, 3, [], {}, { properties: 1 }, { properties: { a: true } }];
  for (const schema of odd) expect(() => argsOf(schema)).not.toThrow();
  expect(parsed("not json")).toBeNull();
});
