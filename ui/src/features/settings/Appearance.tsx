import { Monitor, Moon, Sun, type LucideIcon } from "lucide-react";
import { RadioGroup } from "radix-ui";
import { Section } from "@/components/Card";
import type { Appearance as Choice } from "@/ipc/types";

const CHOICES: { value: Choice; label: string; icon: LucideIcon }[] = [
  { value: "system", label: "Like the system", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
];

export function Appearance({ value, onChange }: { value: Choice; onChange: (value: Choice) => void }) {
  return (
    <Section title="Appearance">
      <RadioGroup.Root aria-label="Appearance" value={value} onValueChange={(v) => onChange(v as Choice)} className="grid grid-cols-3 gap-3">
        {CHOICES.map(({ value: v, label, icon: Icon }) => (
          <RadioGroup.Item key={v} value={v} data-testid={`theme-${v}`} className="flex h-12 items-center gap-3 rounded-xl border border-edge px-4 text-ink-2 transition-colors hover:bg-raised data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft data-[state=checked]:text-ink">
            <Icon aria-hidden size={17} />{label}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </Section>
  );
}
