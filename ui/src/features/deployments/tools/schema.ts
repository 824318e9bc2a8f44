// From a tool's input schema to questions, and from answers to arguments. What the form cannot draw is asked as JSON.
import type { JsonValue } from "@/ipc/types";

export type ArgKind = "text" | "number" | "boolean" | "choice" | "list" | "json";
export interface Arg { name: string; label: string; help: string | null; kind: ArgKind; options: string[]; required: boolean; initial: string; integer: boolean }

type Json = Record<string, JsonValue>;
export const isObject = (value: JsonValue | undefined): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: JsonValue | undefined): string | null => (typeof value === "string" ? value : null);

/** A union with null asks for the other half. */
function settle(schema: Json): Json {
  const either = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(either)) return schema;
  const real = either.filter(isObject).filter((s) => s.type !== "null");
  return real.length === 1 && real[0] ? { ...schema, ...real[0] } : schema;
}

function kindOf(schema: Json): ArgKind {
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== "null") : schema.type;
  if (Array.isArray(schema.enum) && schema.enum.every((v) => typeof v === "string")) return "choice";
  if (type === "string") return "text";
  if (type === "number" || type === "integer") return "number";
  if (type === "boolean") return "boolean";
  if (type === "array" && isObject(schema.items) && schema.items.type === "string" && !schema.items.enum) return "list";
  return "json";
}

const written = (value: JsonValue | undefined): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** JSON that the shell passes on as text; what is no JSON counts as nothing. */
export function parsed(json: string): JsonValue {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    return null;
  }
}

export function argsOf(inputSchema: JsonValue): Arg[] {
  const properties = isObject(inputSchema) && isObject(inputSchema.properties) ? inputSchema.properties : {};
  const required = isObject(inputSchema) && Array.isArray(inputSchema.required) ? inputSchema.required : [];
  return Object.entries(properties).map(([name, raw]) => {
    const schema = settle(isObject(raw) ? raw : {});
    const kind = kindOf(schema);
    const fallback = kind === "boolean" && required.includes(name) ? false : undefined;
    return {
      name,
      label: text(schema.title) ?? name,
      help: text(schema.description),
      kind,
      options: Array.isArray(schema.enum) ? schema.enum.map(String) : [],
      required: required.includes(name),
      integer: schema.type === "integer",
      initial: kind === "list" && Array.isArray(schema.default) ? schema.default.map(String).join("\n") : written(schema.default ?? fallback),
    };
  });
}

export type Values = Record<string, string>;
export const initialValues = (args: Arg[]): Values => Object.fromEntries(args.map((a) => [a.name, a.initial]));

function value(arg: Arg, given: string): { ok: JsonValue } | { wrong: string } {
  switch (arg.kind) {
    case "text":
    case "choice": return { ok: given };
    case "boolean": return { ok: given === "true" };
    case "list": return { ok: given.split("\n").filter((line) => line.trim() !== "") };
    case "number": {
      const number = Number(given);
      if (Number.isNaN(number)) return { wrong: "This must be a number." };
      return arg.integer && !Number.isInteger(number) ? { wrong: "This must be a whole number." } : { ok: number };
    }
    case "json":
      try {
        return { ok: JSON.parse(given) as JsonValue };
      } catch {
        return { wrong: "This must be JSON, for example {\"key\": \"value\"} or [1, 2]." };
      }
  }
}

/** The arguments, or what is wrong by name. Empty optional ones are left out. */
export function build(args: Arg[], values: Values): { arguments: Json; problems: Values } {
  const out: Json = {};
  const problems: Values = {};
  for (const arg of args) {
    const given = values[arg.name] ?? "";
    if (given.trim() === "" && !(arg.required && (arg.kind === "text" || arg.kind === "list"))) {
      if (arg.required) problems[arg.name] = "This is needed.";
      continue;
    }
    const result = value(arg, given);
    if ("ok" in result) out[arg.name] = result.ok;
    else problems[arg.name] = result.wrong;
  }
  return { arguments: out, problems };
}
