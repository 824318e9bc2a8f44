import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Visible } from "@/components/Exact";
import { Progress } from "@/components/Progress";

/** While the analysis runs. */
export function Looking({ text, onCancel }: { text: string; onCancel: () => void }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((s) => s + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Card className="rise p-6">
      <div className="flex items-start justify-between gap-6">
        <div className="min-w-0">
          <h2 role="status" className="text-lg font-semibold">Reading what this is</h2>
          <p className="mt-1 text-ink-2">Its description, its settings and who published it. Nothing is installed or started.</p>
        </div>
        <Button size="sm" onClick={onCancel} data-testid="cancel-analysis">Cancel</Button>
      </div>
      <pre className="mt-4 max-h-32 overflow-auto rounded-xl border border-line bg-sunken px-4 py-3 text-sm whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]"><Visible text={text.replaceAll("\n", " ").replaceAll(/ {2,}/g, " ")} /></pre>
      <div className="mt-5"><Progress label="Reading" done={null} total={null} /></div>
      <p className="mt-2 text-xs text-ink-3 tabular-nums" aria-hidden>{seconds < 3 ? "This takes a moment" : seconds < 10 ? `${seconds} s` : `${seconds} s. The other side answers slowly.`}</p>
    </Card>
  );
}
