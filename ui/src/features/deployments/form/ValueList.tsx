import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "@/components/Button";

interface Props {
  values: string[];
  onChange: (values: string[]) => void;
  noun: string;
  children: (value: string, index: number, set: (value: string) => void) => ReactNode;
}

/** Several values for one question. */
export function ValueList({ values, onChange, noun, children }: Props) {
  return (
    <div className="flex flex-col gap-2">
      {values.map((value, index) => (
        <div key={index} className="flex items-center gap-1">
          {children(value, index, (next) => onChange(values.map((v, i) => (i === index ? next : v))))}
          {values.length > 1 && <IconButton icon={X} label={`Remove ${noun} ${index + 1}`} onClick={() => onChange(values.filter((_, i) => i !== index))} />}
        </div>
      ))}
      <Button variant="ghost" size="sm" icon={Plus} onClick={() => onChange([...values, ""])} className="-ml-2 self-start">Add another {noun}</Button>
    </div>
  );
}
