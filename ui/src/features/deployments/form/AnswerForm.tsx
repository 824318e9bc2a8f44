import { memo, useCallback, useEffect, useRef, useState, type Dispatch, type ReactNode, type SetStateAction } from "react";
import type { Field, Form } from "@/ipc/types";
import { AnswerField } from "./AnswerField";
import { checkAll, type Draft, type Problems, type Sealed } from "./answers";

/** A field to go to, or the first one; a new object asks again. */
export interface Asked { field: string | null; visit?: string }

interface Props {
  form: Form;
  draft: Draft;
  /** A state setter, or one that stays the same like it: with a new one at each key, every field would be drawn anew. */
  onChange: Dispatch<SetStateAction<Draft>>;
  /** Called with a draft in which nothing is wrong that can be seen here. */
  onSubmit: (draft: Draft) => void;
  sealed?: Sealed;
  /** What the shell found wrong, by field. */
  problems?: Problems;
  /** Where to put the focus, each time this changes; without it the focus stays where it is. */
  focus?: Asked | null;
  /** Lets a button outside submit it. */
  formId?: string;
  /** What stands round the fields. */
  panel?: (fields: ReactNode) => ReactNode;
  children: ReactNode;
}

const none: Sealed = new Set();
const nothing: Problems = {};
const blank = [""];

interface RowProps { field: Field; values: string[]; sealed: boolean; error: string | undefined; onChange: Props["onChange"]; onTouch: (key: string) => void }

/** One field, drawn again only when it changes itself: servers with two hundred settings exist. */
const Row = memo(function Row({ field, values, sealed, error, onChange, onTouch }: RowProps) {
  const { key } = field;
  return (
    <div data-field={key}>
      <AnswerField
        field={field}
        values={values}
        sealed={sealed}
        error={error}
        onChange={(next) => onChange((draft) => ({ ...draft, [key]: next }))}
        onBlur={() => { if (values.some((v) => v !== "")) onTouch(key); }}
      />
    </div>
  );
});

export function AnswerForm({ form, draft, onChange, onSubmit, sealed = none, problems = nothing, focus = null, formId, panel = (fields) => fields, children }: Props) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const ref = useRef<HTMLFormElement>(null);
  const found = checkAll(form, draft, sealed);
  const touch = useCallback((key: string) => setTouched((before) => (before.has(key) ? before : new Set([...before, key]))), []);

  const focusOn = (key: string) => {
    const target = ref.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(key)}"]`);
    target?.querySelector<HTMLElement>("[data-testid^='field-']")?.focus();
  };
  useEffect(() => {
    if (!focus) return;
    const key = focus.field ?? form.fields.find((f) => f.required)?.key ?? form.fields[0]?.key;
    if (key) focusOn(key);
  }, [focus, form]);
  // What the shell refused may be far from the button that sent it.
  useEffect(() => {
    const first = form.fields.find((f) => problems[f.key]);
    if (first) focusOn(first.key);
  }, [problems, form]);

  const submit = () => {
    setTouched(new Set(form.fields.map((f) => f.key)));
    const first = form.fields.find((f) => found[f.key]);
    if (first) focusOn(first.key);
    else onSubmit(draft);
  };

  const fields = (
    <div className="flex flex-col gap-6">
      {form.fields.map((field) => (
        <Row
          key={field.key}
          field={field}
          values={draft[field.key] ?? blank}
          sealed={sealed.has(field.key)}
          error={(touched.has(field.key) ? found[field.key] : undefined) ?? problems[field.key]}
          onChange={onChange}
          onTouch={touch}
        />
      ))}
    </div>
  );
  return (
    <form ref={ref} id={formId} noValidate onSubmit={(e) => { e.preventDefault(); submit(); }} className="flex flex-col gap-6">
      {panel(fields)}
      {children}
    </form>
  );
}
