import { Archive, Baby, BadgeX, Bug, CircleHelp, Eraser, FolderSymlink, ScrollText, ShieldQuestion, VenetianMask, type LucideIcon } from "lucide-react";
import { Section } from "@/components/Card";
import { Switch } from "@/components/Inputs";
import type { Warning, WarningKind } from "@/ipc/types";

const icons: Record<WarningKind, LucideIcon> = {
  deprecated: BadgeX,
  veryNew: Baby,
  installScript: ScrollText,
  unverified: ShieldQuestion,
  guessed: CircleHelp,
  dropped: Eraser,
  archived: Archive,
  moved: FolderSymlink,
  lookAlike: VenetianMask,
  vulnerable: Bug,
};

interface Props { warnings: Warning[]; allowScripts: boolean; onAllowScripts: (on: boolean) => void }

export function Warnings({ warnings, allowScripts, onAllowScripts }: Props) {
  return (
    <Section title="Good to know before you allow it">
      <ul className="flex flex-col gap-3" data-testid="warnings">
        {warnings.map((warning, index) => {
          const Icon = icons[warning.kind];
          return (
            <li key={index} data-kind={warning.kind} className="flex gap-3">
              <Icon aria-hidden size={17} className="mt-0.5 shrink-0 text-warn" />
              <div className="selectable flex-1">
                <p>{warning.text}</p>
                {warning.kind === "installScript" && (
                  <label className="mt-2 flex items-center gap-3 text-sm text-ink-2">
                    <Switch checked={allowScripts} onChange={onAllowScripts} aria-label="Let it run its install script" data-testid="allow-scripts" />
                    Let it run its install script all the same
                  </label>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
