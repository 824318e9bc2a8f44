import { AppWindow, SquareTerminal, type LucideIcon } from "lucide-react";
import type { ClientKind } from "@/ipc/types";

const icons: Record<ClientKind, LucideIcon> = { claudeDesktop: AppWindow, claudeCode: SquareTerminal };

export function ClientIcon({ kind }: { kind: ClientKind }) {
  const Icon = (icons as Partial<Record<string, LucideIcon>>)[kind] ?? AppWindow;
  return <span className="flex size-10 shrink-0 items-center justify-center rounded-xl bg-teal-soft text-teal"><Icon aria-hidden size={19} /></span>;
}
