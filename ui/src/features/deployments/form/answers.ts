// Answers while they are being typed. The truth about them is in Rust; what is here only says it earlier.
import type { AnswerInput, AnswerView, Field, FieldProblem, Form } from "@/ipc/types";

/** One list of values per field; a secret that is kept as it is has none at all. */
export type Draft = Record<string, string[]>;
export type Problems = Record<string, string>;

/** Sealed already, so that leaving the field empty keeps it. */
export type Sealed = ReadonlySet<string>;

export const sealedIn = (answers: AnswerView[]): Sealed => new Set(answers.filter((a) => a.secretSet).map((a) => a.key));

export function start(form: Form, answers: AnswerView[] = []): Draft {
  const given = new Map(answers.map((a) => [a.key, a.values]));
  const first = (field: Field): string[] => {
    const values = given.get(field.key) ?? [];
    if (values.length > 0 && !field.secret) return values;
    if (field.default !== null && !field.secret) return [field.default];
    return [field.kind.kind === "boolean" && field.required ? "false" : ""];
  };
  return Object.fromEntries(form.fields.map((f) => [f.key, first(f)]));
}

const filled = (values: string[] | undefined): string[] => (values ?? []).filter((v) => v.trim() !== "");

/** What is wrong with one field, in the words that Rust uses too. */
export function check(field: Field, draft: Draft, sealed: Sealed): string | null {
  const values = filled(draft[field.key]);
  if (values.length === 0) return field.required && !sealed.has(field.key) ? `${field.label} is needed.` : null;
  for (const value of values) {
    const wrong = wrongWith(field, value);
    if (wrong) return `${field.label} ${wrong}.`;
  }
  return null;
}

const absolute = (path: string): boolean => /^(\/|\\\\|.:[\\/])/.test(path);

function wrongWith(field: Field, value: string): string | null {
  switch (field.kind.kind) {
    case "number": return Number.isNaN(Number(value.trim())) ? "must be a number" : null;
    case "boolean": return value === "true" || value === "false" ? null : "must be on or off";
    case "choice": return field.kind.options.includes(value) ? null : "must be one of the list";
    case "folder":
    case "file": return absolute(value) ? null : "must be a full path";
    case "text": return null;
  }
}

export function checkAll(form: Form, draft: Draft, sealed: Sealed): Problems {
  const found = form.fields.map((f) => [f.key, check(f, draft, sealed)] as const);
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== null));
}

export const byKey = (problems: FieldProblem[]): Problems => Object.fromEntries(problems.map((p) => [p.key, p.message]));

/** As the shell takes them. Blank fields are left out; a sealed secret left out stays as it is. */
export const inputs = (draft: Draft): AnswerInput[] =>
  Object.entries(draft).map(([key, values]) => ({ key, values: filled(values) })).filter((a) => a.values.length > 0);

/** A sealed secret that shall be forgotten: no value at all, where a kept one has an empty one. */
export const forgotten: string[] = [];
export const isForgotten = (values: string[], sealed: boolean): boolean => sealed && values.length === 0;

/** For a change: plain fields that were emptied must be said, or they would stay; so must a secret to be forgotten. */
export const changes = (form: Form, draft: Draft): AnswerInput[] =>
  form.fields
    .map((f) => ({ key: f.key, values: filled(draft[f.key]), keep: f.secret && draft[f.key]?.length !== 0 }))
    .filter((a) => !a.keep || a.values.length > 0)
    .map(({ key, values }) => ({ key, values }));
