import { Field } from "@/components/Field";
import { Select, Switch, TextArea, TextInput } from "@/components/Inputs";
import type { Arg } from "./schema";

interface Props { arg: Arg; value: string; error: string | undefined; onChange: (value: string) => void }

const HINTS: Partial<Record<Arg["kind"], string>> = { list: "One per line", json: "As JSON" };

export function ArgField({ arg, value, error, onChange }: Props) {
  const on = (e: { target: { value: string } }) => onChange(e.target.value);
  return (
    <Field label={arg.label} name={arg.name} help={arg.help} error={error} optional={!arg.required} inline={arg.kind === "boolean"}>
      {(ids) => {
        const common = { ...ids, "data-testid": `arg-${arg.name}` };
        switch (arg.kind) {
          case "text": return value.includes("\n") || value.length > 80
            ? <TextArea {...common} rows={4} value={value} onChange={on} />
            : <TextInput {...common} value={value} onChange={on} />;
          case "number": return <TextInput {...common} inputMode="decimal" value={value} onChange={on} className="max-w-48" />;
          case "boolean": return <Switch {...common} checked={value === "true"} onChange={(next) => onChange(String(next))} />;
          case "choice": return <Select {...common} value={value} onChange={onChange} options={arg.options.map((o) => ({ value: o, label: o }))} none={!arg.required} />;
          case "list":
          case "json": return <TextArea {...common} rows={2} placeholder={HINTS[arg.kind]} value={value} onChange={on} className="font-mono text-sm" />;
        }
      }}
    </Field>
  );
}
