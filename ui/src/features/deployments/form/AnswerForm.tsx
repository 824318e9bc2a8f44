import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Form } from "@/ipc/types";
import { AnswerField } from "./AnswerField";
import { checkAll, type Draft, type Problems, type Sealed } from "./answers";

interface Props {
  form: Form;
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Called with a draft in which nothing is wrong that can be seen here. */
  onSubmit: (draft: Draft) => void;
  sealed?: Sealed;
  /** What the shell found wrong, by field. */
  problems?: Problems;
  /** The field to start at. */
  focus?: string | null;
  /** Leaves the focus where it is. */
  quiet?: boolean;
  /** Lets a button outside submit it. */
  formId?: string;
  /** What stands round the fields. */
  panel?: (fields: ReactNode) => ReactNode;
  children: ReactNode;
}

const none: Sealed = new Set();

export function AnswerForm({ form, draft, onChange, onSubmit, sealed = none, problems = {}, focus, quiet, formId, panel = (fields) => fields, children }: Props) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const ref = useRef<HTMLFormElement>(null);
  const found = checkAll(form, draft, sealed);

  const focusOn = (key: string) => {
    const target = ref.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(key)}"]`);
    target?.querySelector<HTMLElement>("[data-testid^='field-']")?.focus();
  };
  useEffect(() => {
    if (quiet) return;
    const key = (focus === "" ? null : focus) ?? form.fields.find((f) => f.required)?.key ?? form.fields[0]?.key;
    if (key) focusOn(key);
  }, [focus, form, quiet]);

  const submit = () => {
    setTouched(new Set(form.fields.map((f) => f.key)));
    const first = form.fields.find((f) => found[f.key]);
    if (first) focusOn(first.key);
    else onSubmit(draft);
  };

  const fields = (
    <div className="flex flex-col gap-6">
      {form.fields.map((field) => (
        <div key={field.key} data-field={field.key}>
          <AnswerField
            field={field}
            values={draft[field.key] ?? [""]}
            sealed={sealed.has(field.key)}
            error={(touched.has(field.key) ? found[field.key] : undefined) ?? problems[field.key]}
            onChange={(values) => onChange({ ...draft, [field.key]: values })}
            onBlur={() => { if ((draft[field.key] ?? []).some((v) => v !== "")) setTouched(new Set([...touched, field.key])); }}
          />
        </div>
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
