import { ChevronRight } from "lucide-react";
import { Collapsible } from "radix-ui";
import type { ReactNode } from "react";

interface Props { title: ReactNode; children: ReactNode; open?: boolean; "data-testid"?: string }

/** Details for those who want them. */
export function Disclosure({ title, children, open, ...rest }: Props) {
  return (
    <Collapsible.Root defaultOpen={open ?? false}>
      <Collapsible.Trigger {...rest} className="group -mx-2 flex items-center gap-1.5 rounded-lg px-2 py-1 text-sm font-medium text-ink-2 hover:text-ink">
        <ChevronRight aria-hidden size={14} className="transition-transform group-data-[state=open]:rotate-90" />
        {title}
      </Collapsible.Trigger>
      <Collapsible.Content className="pt-2">{children}</Collapsible.Content>
    </Collapsible.Root>
  );
}
