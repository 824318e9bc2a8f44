import { LoaderCircle } from "lucide-react";

export function Spinner({ label }: { label: string }) {
  return (
    <p role="status" className="fade flex items-center justify-center gap-3 py-14 text-ink-2">
      <LoaderCircle aria-hidden size={18} className="animate-spin text-accent" />
      {label}
    </p>
  );
}
