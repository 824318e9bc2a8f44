import { X } from "lucide-react";
import { Toast } from "radix-ui";
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react";
import { Button, IconButton } from "./Button";
import { cx } from "./cx";

/** A message takes the place of an earlier one with the same key. */
interface Message { text: string; key?: string; tone?: "plain" | "bad"; action?: { label: string; testId?: string; run: () => void } }
type Say = (message: Message) => void;

const Context = createContext<Say>(() => undefined);

/** Says something in passing; with an action for a way back. */
export const useToast = (): Say => use(Context);

let next = 0;

export function Toasts({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<(Message & { id: number })[]>([]);
  const say = useCallback<Say>((message) => setShown((old) => [...old.filter((m) => !message.key || m.key !== message.key).slice(-2), { ...message, id: (next += 1) }]), []);
  const drop = (id: number) => setShown((old) => old.filter((m) => m.id !== id));
  return (
    <Context value={say}>
      <Toast.Provider duration={6000} swipeDirection="right">
        {children}
        {useMemo(() => shown, [shown]).map(({ id, text, tone, action }) => (
          <Toast.Root
            key={id}
            data-testid="toast"
            duration={action ? 12_000 : 6000}
            onOpenChange={(open) => { if (!open) drop(id); }}
            className={cx("rise flex items-center gap-3 rounded-xl border bg-raised py-2 pr-2 pl-4 shadow-card", tone === "bad" ? "border-bad/50" : "border-line-strong")}
          >
            <Toast.Title className="flex-1 text-base">{text}</Toast.Title>
            {action && (
              <Toast.Action altText={action.label} asChild>
                <Button size="sm" data-testid={action.testId} onClick={action.run}>{action.label}</Button>
              </Toast.Action>
            )}
            <Toast.Close asChild><IconButton icon={X} label="Dismiss" /></Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport data-messages className="fixed right-5 bottom-5 z-[60] flex w-[380px] max-w-[calc(100%-40px)] flex-col gap-2 outline-none" />
      </Toast.Provider>
    </Context>
  );
}
