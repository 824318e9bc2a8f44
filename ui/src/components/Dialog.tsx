import { X } from "lucide-react";
import { AlertDialog, Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Button, IconButton } from "./Button";
import { useFocusBack } from "./useFocusBack";

const veil = "fade fixed inset-0 z-40 bg-veil";
const panel =
  "rise fixed top-1/2 left-1/2 z-50 flex max-h-[86vh] w-[calc(100%-48px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-2xl border border-line-strong bg-surface shadow-card focus:outline-none";

/** The panel itself takes the focus: its first control is Close, which nobody came for. */
function focusPanel(e: Event): void {
  e.preventDefault();
  if (e.currentTarget instanceof HTMLElement) e.currentTarget.focus();
}

interface DialogProps { open: boolean; onClose: () => void; title: string; hint?: ReactNode; children: ReactNode; footer?: ReactNode }

export function Dialog({ open, onClose, title, hint, children, footer }: DialogProps) {
  const focus = useFocusBack(focusPanel);
  return (
    <Radix.Root open={open} onOpenChange={(next) => { if (!next) onClose(); }}>
      <Radix.Portal>
        <Radix.Overlay className={veil} />
        <Radix.Content {...focus} className={`${panel} max-w-[640px]`} {...(hint ? {} : { "aria-describedby": undefined })}>
          <header className="flex items-start justify-between gap-4 px-6 pt-5 pb-3">
            <div className="min-w-0">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {hint && <Radix.Description asChild><div className="mt-1 text-sm text-ink-2">{hint}</div></Radix.Description>}
            </div>
            <Radix.Close asChild><IconButton icon={X} label="Close" className="-mr-2" /></Radix.Close>
          </header>
          <div className="min-h-0 overflow-y-auto px-6 pb-5">{children}</div>
          {footer && <footer className="flex justify-end gap-2 border-t border-line px-6 py-4">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmProps { open: boolean; onClose: () => void; onConfirm: () => void; title: string; children: ReactNode; action: string; cancel?: string; busy?: boolean; testId: string }

/** Asks before something that cannot be undone. */
export function Confirm({ open, onClose, onConfirm, title, children, action, cancel = "Keep it", busy, testId }: ConfirmProps) {
  const focus = useFocusBack();
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => { if (!next) onClose(); }}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={veil} />
        <AlertDialog.Content {...focus} className={`${panel} max-w-[440px] p-6`}>
          <AlertDialog.Title className="text-lg font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild><div className="mt-2 text-base text-ink-2">{children}</div></AlertDialog.Description>
          <div className="mt-6 flex justify-end gap-2">
            <AlertDialog.Cancel asChild><Button>{cancel}</Button></AlertDialog.Cancel>
            <Button variant="danger" busy={busy} onClick={onConfirm} data-testid={testId}>{action}</Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
