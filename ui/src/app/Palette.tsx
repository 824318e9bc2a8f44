import { useQuery } from "@tanstack/react-query";
import { Dialog } from "radix-ui";
import { useEffect, useState, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";
import { cx } from "@/components/cx";
import { useFocusBack } from "@/components/useFocusBack";
import { StatusDot } from "@/features/deployments/StatusBadge";
import { queries } from "@/ipc/queries";
import type { Status } from "@/ipc/types";

interface Entry { label: string; hint: string; to: string; status?: Status }

/** Goes anywhere by typing a part of its name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const servers = useQuery(queries.deployments());
  const navigate = useNavigate();
  const focus = useFocusBack();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  useEffect(() => { document.getElementById(`found-${at}`)?.scrollIntoView({ block: "nearest" }); }, [at]);
  const wanted = text.trim().toLowerCase();
  const all: Entry[] = [
    ...(servers.data ?? []).map((s) => ({ label: s.title, hint: s.sourceText, to: `/servers/${s.id}`, status: s.status })),
    { label: "New server", hint: "Paste a link", to: "/new" },
    { label: "Servers", hint: "The list", to: "/" },
    { label: "AI apps", hint: "All servers at one address, sets", to: "/apps" },
    { label: "Settings", hint: "Appearance, keys, database", to: "/settings" },
  ];
  const shown = all.filter((e) => `${e.label} ${e.hint}`.toLowerCase().includes(wanted));
  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    void navigate(entry.to);
  };
  const key = (e: KeyboardEvent) => {
    const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) { e.preventDefault(); setAt((at + step + shown.length) % Math.max(1, shown.length)); }
    if (e.key === "Enter") { e.preventDefault(); go(shown[at]); }
  };
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade fixed inset-0 z-40 bg-veil" />
        <Dialog.Content {...focus} aria-describedby={undefined} className="rise fixed top-[14vh] left-1/2 z-50 w-[calc(100%-48px)] max-w-[560px] -translate-x-1/2 overflow-hidden rounded-2xl border border-line-strong bg-surface shadow-card">
          <Dialog.Title className="sr-only">Find</Dialog.Title>
          <input
            role="combobox" aria-expanded aria-controls="found" aria-activedescendant={shown[at] ? `found-${at}` : undefined} aria-label="Find a server or page"
            value={text} placeholder="Find a server or page" onKeyDown={key} onChange={(e) => { setText(e.target.value); setAt(0); }}
            className="h-13 w-full border-b border-line bg-transparent px-5 text-lg focus-visible:outline-none"
          />
          <ul id="found" role="listbox" aria-label="Found" className="max-h-[320px] overflow-y-auto p-2">
            {shown.map((entry, index) => (
              <li key={entry.to} id={`found-${index}`} role="option" aria-selected={index === at} onMouseMove={() => setAt(index)} onClick={() => go(entry)} className={cx("flex h-11 items-center gap-3 rounded-lg px-3", index === at && "bg-accent-soft ring-1 ring-accent/60 ring-inset")}>
                <span className="flex w-3 justify-center">{entry.status && <StatusDot status={entry.status} spoken />}</span>
                <span className="shrink-0 font-medium">{entry.label}</span>
                <span className="min-w-0 flex-1 truncate text-right text-sm text-ink-3">{entry.hint}</span>
              </li>
            ))}
            {shown.length === 0 && <li className="px-3 py-3 text-ink-3">Nothing matches.</li>}
          </ul>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
