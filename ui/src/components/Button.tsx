import { LoaderCircle, type LucideIcon } from "lucide-react";
import { Tooltip } from "radix-ui";
import type { ComponentProps } from "react";
import { cx } from "./cx";

const base =
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-[10px] font-medium whitespace-nowrap transition-[background,border-color,filter,color] duration-150 disabled:opacity-45 aria-busy:opacity-80";
const variants = {
  primary: "primary font-semibold shadow-[inset_0_1px_0_#fff3] hover:brightness-[1.07] active:brightness-95",
  secondary: "border border-line-strong bg-surface text-ink hover:bg-raised",
  soft: "bg-accent-soft text-accent hover:bg-accent/25",
  ghost: "text-ink-2 hover:bg-raised hover:text-ink",
  danger: "border border-bad/40 bg-bad-soft text-bad hover:border-bad/70",
};
const sizes = { sm: "h-8 px-3 text-sm", md: "h-9 px-4 text-base", lg: "h-11 px-6 text-base" };

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: keyof typeof variants;
  size?: keyof typeof sizes;
  icon?: LucideIcon;
  /** Shows a spinner and refuses clicks, without losing the focus as `disabled` would. */
  busy?: boolean;
}

export function Button({ variant = "secondary", size = "md", icon: Icon, busy, children, className, onClick, ...rest }: ButtonProps) {
  const Shown = busy ? LoaderCircle : Icon;
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy ?? undefined}
      onClick={busy ? (e) => e.preventDefault() : onClick}
      className={cx(base, variants[variant], sizes[size], className)}
    >
      {Shown && <Shown aria-hidden size={size === "sm" ? 14 : 16} className={cx(busy && "animate-spin")} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends ComponentProps<"button"> {
  icon: LucideIcon;
  label: string;
  danger?: boolean;
}

/** A button that is an icon; its name is read out and shown on hover and focus. */
export function IconButton({ icon: Icon, label, danger, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          aria-label={label}
          {...rest}
          className={cx(
            "inline-flex size-8 shrink-0 items-center justify-center rounded-[10px] transition-colors disabled:opacity-45",
            danger ? "text-ink-2 hover:bg-bad-soft hover:text-bad" : "text-ink-2 hover:bg-raised hover:text-ink",
            className,
          )}
        >
          <Icon aria-hidden size={16} />
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content sideOffset={6} className="fade z-50 rounded-lg border border-line-strong bg-raised px-2.5 py-1 text-xs text-ink shadow-card">
          {label}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
