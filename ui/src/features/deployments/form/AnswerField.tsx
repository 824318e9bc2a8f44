import type { ReactNode } from "react";
import { Button } from "@/components/Button";
import { Field, type FieldIds } from "@/components/Field";
import { SecretInput, Select, Switch, TextInput } from "@/components/Inputs";
import { api } from "@/ipc/client";
import type { Field as Question } from "@/ipc/types";
import { useOpenUrl } from "@/problems/useOpenUrl";
import { forgotten, isForgotten } from "./answers";
import { ValueList } from "./ValueList";
import { PathInput } from "./PathInput";

interface Props {
  field: Question;
  values: string[];
  /** A secret that is stored already. */
  sealed: boolean;
  error: string | undefined;
  onChange: (values: string[]) => void;
  onBlur: () => void;
}

/** The key of an argument that has a place instead of a name: what the manifest calls it says nothing more than the label. */
const POSITIONAL = /^(arg|runtime):\d+$/;

/** One question, drawn by its kind. */
export function AnswerField({ field, values, sealed, error, onChange, onBlur }: Props) {
  const link = field.link;
  const openUrl = useOpenUrl();
  return (
    <Field
      label={field.label}
      name={POSITIONAL.test(field.key) ? undefined : field.name}
      help={field.help}
      error={error}
      optional={!field.required}
      inline={field.kind.kind === "boolean"}
      link={link ? { label: "Where do I get this?", open: () => openUrl(link) } : undefined}
    >
      {(ids) =>
        field.repeated ? (
          <ValueList values={values} onChange={onChange} noun={nouns[field.kind.kind]}>
            {(value, index, set) => <Control field={field} ids={index === 0 ? ids : { ...ids, id: `${ids.id}-${index}` }} sealed={false} index={index} value={value} onChange={set} onBlur={onBlur} />}
          </ValueList>
        ) : sealed && !field.required && field.secret ? (
          <Removable gone={isForgotten(values, sealed)} onChange={onChange} what={field.label}>
            <Control field={field} ids={ids} sealed={sealed} index={0} value={values[0] ?? ""} onChange={(v) => onChange([v])} onBlur={onBlur} />
          </Removable>
        ) : (
          <Control field={field} ids={ids} sealed={sealed} index={0} value={values[0] ?? ""} onChange={(v) => onChange([v])} onBlur={onBlur} />
        )
      }
    </Field>
  );
}

interface RemovableProps { gone: boolean; onChange: (values: string[]) => void; what: string; children: ReactNode }

/** A saved secret that is not needed may go again. */
function Removable({ gone, onChange, what, children }: RemovableProps) {
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">{gone ? <p className="text-sm text-ink-2">Forgotten once you save.</p> : children}</div>
      <Button variant="ghost" aria-label={gone ? `Keep ${what}` : `Forget ${what}`} onClick={() => onChange(gone ? [""] : forgotten)}>{gone ? "Keep it" : "Forget"}</Button>
    </div>
  );
}

const nouns = { folder: "folder", file: "file", text: "value", number: "value", boolean: "value", choice: "value" };

interface ControlProps { field: Question; ids: FieldIds; sealed: boolean; index: number; value: string; onChange: (value: string) => void; onBlur: () => void }

function Control({ field, ids, sealed, index, value, onChange, onBlur }: ControlProps) {
  const testId = index === 0 ? `field-${field.key}` : `field-${field.key}-${index}`;
  const placeholder = sealed ? "Saved. Type to replace it" : (field.placeholder ?? field.default ?? undefined);
  // An example of a path, as manifests have it, reads like one that is chosen already.
  const path = sealed ? placeholder : (field.default ?? undefined);
  const name = index === 0 ? {} : { "aria-label": `${field.label} ${index + 1}` };
  const common = { ...ids, ...name, "data-testid": testId };
  const text = { ...common, value, placeholder, onBlur, onChange: (e: { target: { value: string } }) => onChange(e.target.value) };

  if (field.secret) return <SecretInput {...text} />;
  switch (field.kind.kind) {
    case "text": return <TextInput {...text} />;
    case "number": return <TextInput {...text} inputMode="decimal" className="max-w-48" />;
    case "boolean": return <Switch {...common} checked={value === "true"} onChange={(on) => onChange(String(on))} />;
    case "choice": return <Select {...common} value={value} onChange={onChange} options={field.kind.options.map((o) => ({ value: o, label: o }))} none={!field.required} />;
    case "folder": return <PathInput {...text} placeholder={path} pick={api.pickFolder} noun="folder" onPick={onChange} />;
    case "file": return <PathInput {...text} placeholder={path} pick={api.pickFile} noun="file" onPick={onChange} />;
  }
}
