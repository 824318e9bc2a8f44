import type { LucideIcon } from "lucide-react";
import { Tabs } from "radix-ui";
import type { ReactNode } from "react";

interface Tab { value: string; label: string; icon: LucideIcon }
interface Props { tabs: Tab[]; value: string; onChange: (value: string) => void; label: string; children: ReactNode }

export function TabBar({ tabs, value, onChange, label, children }: Props) {
  return (
    <Tabs.Root value={value} onValueChange={onChange} className="flex min-h-0 flex-1 flex-col">
      <Tabs.List aria-label={label} className="mb-5 flex gap-1 border-b border-line">
        {tabs.map(({ value: v, label: text, icon: Icon }) => (
          <Tabs.Trigger key={v} value={v} data-testid={`tab-${v}`} className="relative -mb-px flex h-10 items-center gap-2 rounded-t-lg border-b-2 border-transparent px-3 font-medium text-ink-2 -outline-offset-2 transition-colors hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink">
            <Icon aria-hidden size={15} />{text}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={value} tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">{children}</Tabs.Content>
    </Tabs.Root>
  );
}
