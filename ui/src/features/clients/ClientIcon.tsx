import { AppWindow, SquareTerminal, type LucideIcon } from "lucide-react";

const icons: Partial<Record<string, LucideIcon>> = { "claude-desktop": AppWindow, "claude-code": SquareTerminal };

export function ClientIcon({ kind }: { kind: string }) {
  const Icon = icons[kind] ?? AppWindow;
  return <span className="flex size-10 shrink-0 items-center justify-center rounded-xl bg-teal-soft text-teal"><Icon aria-hidden size={19} /></span>;
}
