import { Progress as Radix } from "radix-ui";

interface Props { label: string; done: number | null; total: number | null }

/** A bar; without a known total it moves without promising anything. */
export function Progress({ label, done, total }: Props) {
  const part = done !== null && total ? Math.min(100, (done / total) * 100) : null;
  return (
    <Radix.Root value={part} aria-label={label} className="relative h-1.5 w-full overflow-hidden rounded-full bg-raised">
      {part === null ? (
        <Radix.Indicator className="primary sweep absolute inset-y-0 left-0 w-1/3 rounded-full" />
      ) : (
        <Radix.Indicator className="primary h-full rounded-full transition-[width] duration-300" style={{ width: `${part}%` }} />
      )}
    </Radix.Root>
  );
}
