import { ChevronRight } from "lucide-react";
import { Visible } from "@/components/Exact";
import type { SourceChoice } from "@/ipc/types";

/** What was probably meant, or the several servers of one place: one click looks at it. */
export function Choices({ choices, onChoose }: { choices: SourceChoice[]; onChoose: (text: string) => void }) {
  return (
    <ul aria-label="Choose one" data-testid="choices" className="mt-3 max-h-80 divide-y divide-line overflow-auto rounded-xl border border-line bg-surface">
      {choices.map((choice) => (
        <li key={choice.text}>
          <button type="button" onClick={() => onChoose(choice.text)} className="flex w-full items-center gap-3 px-4 py-2.5 text-left hover:bg-raised">
            <span className="min-w-0 flex-1">
              <span className="block font-medium [overflow-wrap:anywhere]"><Visible text={choice.title} /></span>
              {choice.detail && <span className="block text-sm text-ink-3 [overflow-wrap:anywhere]"><Visible text={choice.detail} /></span>}
            </span>
            <ChevronRight aria-hidden size={16} className="shrink-0 text-ink-3" />
          </button>
        </li>
      ))}
    </ul>
  );
}
