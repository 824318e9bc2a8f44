// Evidence as facts: what we believe, in words, and what it rests on.
import type { Dispute, Evidence, EvidenceSource, Manifest, Side } from "@/ipc/types";

export interface Fact { pointer: string; label: string; value: string | null; evidence: Evidence[] }

/** RFC 6901. */
export function resolve(document: unknown, pointer: string): unknown {
  let at = document;
  for (const raw of pointer.split("/").slice(1)) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[raw.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return at;
}

const LABELS: [RegExp, string][] = [
  [/^\/name$/, "Name"],
  [/^\/title$/, "Title"],
  [/^\/description$/, "Description"],
  [/^\/version$/, "Version"],
  [/^\/websiteUrl$/, "Home page"],
  [/^\/repository/, "Repository"],
  [/^\/packages\/\d+\/registryType$/, "Kind"],
  [/^\/packages\/\d+(\/identifier)?$/, "Package"],
  [/^\/packages\/\d+\/version$/, "Version"],
  [/^\/packages\/\d+\/transport/, "How it talks"],
  [/^\/packages\/\d+\/(package|runtime)Arguments/, "Argument"],
  [/^\/packages\/\d+\/environmentVariables/, "Setting"],
  [/^\/remotes\/\d+(\/url)?$/, "Address"],
  [/^\/remotes\/\d+\/headers/, "Header"],
  [/^\/_meta/, "How it starts"],
];

/** What decides about an Allow stands first. */
const FIRST = ["Package", "Address", "Kind", "Version", "Repository", "How it starts", "Argument", "Setting", "Header"];

function shown(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "object" || value === null) return null;
  const named = value as { name?: unknown; identifier?: unknown; valueHint?: unknown; url?: unknown; type?: unknown };
  const word = [named.name, named.identifier, named.valueHint, named.url, named.type].find((v) => typeof v === "string");
  return word ?? null;
}

/** The thing a detail belongs to, e.g. the variable of `/…/environmentVariables/0/isSecret`. */
const owner = (pointer: string): string => /^(.*\/(?:environmentVariables|packageArguments|runtimeArguments|headers)\/\d+)/.exec(pointer)?.[1] ?? pointer;

/** Two pieces of evidence that a reader could not tell apart. */
const same = (a: Evidence, b: Evidence): boolean =>
  a.excerpt === b.excerpt && place(a.source).text === place(b.source).text && place(a.source).url === place(b.source).url;

export function facts(manifest: Manifest, evidence: Evidence[]): Fact[] {
  const found = new Map<string, Fact>();
  for (const item of evidence) {
    const pointer = owner(item.pointer);
    const fact = found.get(pointer) ?? {
      pointer,
      label: LABELS.find(([pattern]) => pattern.test(pointer))?.[1] ?? pointer,
      value: shown(resolve(manifest, pointer)),
      evidence: [],
    };
    fact.evidence.push(item);
    found.set(pointer, fact);
  }
  // The server's version and its package's are mostly one fact with two pointers; so is a title that repeats the name.
  const told = new Map<string, Fact>();
  for (const fact of found.values()) {
    const known = fact.value === null ? undefined : told.get(`${fact.label}\n${fact.value}`);
    if (known) known.evidence.push(...fact.evidence.filter((e) => !known.evidence.some((k) => same(k, e))));
    else told.set(`${fact.label}\n${fact.value ?? fact.pointer}`, fact);
  }
  const rank = ({ label }: Fact) => (FIRST.includes(label) ? FIRST.indexOf(label) : FIRST.length);
  return [...told.values()].sort((a, b) => rank(a) - rank(b));
}

/** Where a fact was read, and a page that shows it. */
export function place(source: EvidenceSource): { text: string; url: string | null } {
  switch (source.kind) {
    case "file": return { text: source.line === null ? source.path : `${source.path}:${source.line}`, url: source.url };
    case "api": return { text: source.name, url: source.url };
    case "model": return { text: `${source.model}, from ${source.line === null ? source.path : `${source.path}:${source.line}`}`, url: source.url };
    case "pasted": return { text: "what you pasted", url: null };
  }
}

/** What a place says, in a word or two. */
export function claim({ says }: Side): string {
  switch (says.kind) {
    case "required": return "must be given";
    case "optional": return "need not be given";
    case "default": return says.value === "" ? "is empty by default" : `is “${says.value}” by default`;
  }
}

/** The disputes about a fact, each with its number in the analysis. */
export const about = (disputes: Dispute[], pointer: string): [number, Dispute][] =>
  disputes.flatMap((dispute, number): [number, Dispute][] => (dispute.pointer === pointer ? [[number, dispute]] : []));
