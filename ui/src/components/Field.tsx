import { CircleAlert, ExternalLink } from "lucide-react";
import { useId, type ReactNode } from "react";

export interface FieldIds { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined }

interface Props {
  label: string;
  /** The name as a program knows it. */
  name?: string | undefined;
  help?: string | null | undefined;
  error?: string | undefined;
  optional?: boolean;
  link?: { label: string; open: () => void } | undefined;
  /** Puts the control beside the label instead of below, for switches. */
  inline?: boolean;
  children: (ids: FieldIds) => ReactNode;
}

/** A question: label, help, control and what is wrong with the answer, tied together for screen readers. */
export function Field({ label, name, help, error, optional, link, inline, children }: Props) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  const control = children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined });
  return (
    <div>
      <div className="flex min-h-6 items-center gap-x-2">
        <label htmlFor={id} className="font-medium">{label}</label>
        {name && name.toLowerCase() !== label.toLowerCase() && <code className="truncate text-xs text-ink-3">{name}</code>}
        {optional && <span className="text-xs text-ink-3">optional</span>}
        <span className="flex-1" />
        {link && (
          <button type="button" onClick={link.open} className="inline-flex shrink-0 items-center gap-1 rounded text-sm text-accent hover:underline">
            {link.label}<ExternalLink aria-hidden size={12} />
          </button>
        )}
        {inline && control}
      </div>
      {help && <p id={`${id}-help`} className="selectable text-sm text-ink-2 [overflow-wrap:anywhere]">{help}</p>}
      {!inline && <div className="mt-1.5">{control}</div>}
      {error && (
        <p id={`${id}-error`} role="alert" className="mt-1.5 flex items-start gap-1.5 text-sm text-bad">
          <CircleAlert aria-hidden size={14} className="mt-[3px] shrink-0" />{error}
        </p>
      )}
    </div>
  );
}
