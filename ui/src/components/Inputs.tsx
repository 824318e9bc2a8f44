import { Check, ChevronDown, Eye, EyeOff } from "lucide-react";
import { Select as Radix, Switch as RadixSwitch } from "radix-ui";
import { useState, type ComponentProps } from "react";
import { IconButton } from "./Button";
import { cx } from "./cx";
import { inputLook } from "./inputs";

export function TextInput({ className, ...rest }: ComponentProps<"input">) {
  return <input autoComplete="off" autoCorrect="off" spellCheck={false} {...rest} className={cx(inputLook, "h-9", className)} />;
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea autoComplete="off" spellCheck={false} {...rest} className={cx(inputLook, "resize-none py-2 leading-6", className)} />;
}

/** Masked until one asks to see it. */
export function SecretInput({ className, ...rest }: ComponentProps<"input">) {
  const [seen, setSeen] = useState(false);
  return (
    <div className="relative">
      <TextInput {...rest} type={seen ? "text" : "password"} className={cx("pr-10 font-mono", className)} />
      <IconButton
        icon={seen ? EyeOff : Eye}
        label={seen ? "Hide" : "Show"}
        aria-pressed={seen}
        onClick={() => setSeen(!seen)}
        className="absolute top-0.5 right-0.5"
      />
    </div>
  );
}

interface SwitchProps { id?: string; checked: boolean; onChange: (on: boolean) => void; "aria-describedby"?: string | undefined; "aria-label"?: string; "data-testid"?: string }

export function Switch({ onChange, ...rest }: SwitchProps) {
  return (
    <RadixSwitch.Root
      {...rest}
      onCheckedChange={onChange}
      className="h-[22px] w-[38px] shrink-0 rounded-full border border-edge bg-raised transition-colors data-[state=checked]:border-transparent data-[state=checked]:bg-accent"
    >
      <RadixSwitch.Thumb className="block size-4 translate-x-[2px] rounded-full bg-ink-2 transition-transform data-[state=checked]:translate-x-[18px] data-[state=checked]:bg-bg" />
    </RadixSwitch.Root>
  );
}

/** Radix keeps the empty value for "nothing chosen yet", so the entry that chooses nothing has one that no option has. */
const NONE = "\0";

interface SelectProps { id?: string; value: string; options: { value: string; label: string }[]; none?: boolean; placeholder?: string; onChange: (value: string) => void; "aria-describedby"?: string | undefined; "aria-invalid"?: true | undefined; "aria-label"?: string; "data-testid"?: string }

/** One of a list; with `none` the choice can be taken back. */
export function Select({ value, options, none, placeholder, onChange, ...rest }: SelectProps) {
  const shown = none ? [{ value: NONE, label: "None" }, ...options] : options;
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next === NONE ? "" : next)}>
      <Radix.Trigger {...rest} className={cx(inputLook, "flex h-9 items-center justify-between gap-2 text-left data-placeholder:text-ink-3")}>
        <span className="truncate"><Radix.Value placeholder={placeholder ?? "Choose…"} /></span>
        <Radix.Icon><ChevronDown aria-hidden size={16} className="text-ink-3" /></Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content position="popper" sideOffset={4} className="fade z-50 max-h-[280px] min-w-(--radix-select-trigger-width) overflow-hidden rounded-xl border border-line-strong bg-surface p-1 shadow-card">
          <Radix.Viewport>
            {shown.map((option) => (
              <Radix.Item key={option.value} value={option.value} data-testid={`option-${option.value === NONE ? "" : option.value}`} className="flex h-8 items-center gap-2 rounded-lg pr-3 pl-2 text-base outline-none data-highlighted:bg-accent data-highlighted:text-bg">
                <span className="flex w-4 justify-center"><Radix.ItemIndicator><Check aria-hidden size={14} /></Radix.ItemIndicator></span>
                <Radix.ItemText>{option.label}</Radix.ItemText>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
