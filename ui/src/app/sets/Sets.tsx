import { useQuery } from "@tanstack/react-query";
import { Layers, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import type { DeploymentView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { EditSet } from "./EditSet";
import { SetRow } from "./SetRow";

/** Named parts of the servers, each at an address of its own. */
export function Sets({ servers }: { servers: DeploymentView[] }) {
  const sets = useQuery(queries.sets());
  const [making, setMaking] = useState(false);
  return (
    <Section title="Sets" hint="A few servers that belong together, as one entry: all for work, or all for home." aside={<Button size="sm" icon={Plus} onClick={() => setMaking(true)} data-testid="new-set">New set…</Button>}>
      {sets.error && <ProblemCard problem={toProblem(sets.error)} retry={sets.refetch} />}
      {sets.data?.length === 0 && <p className="flex items-center gap-2.5 text-ink-3"><Layers aria-hidden size={16} />No set yet.</p>}
      <ul aria-label="Sets">
        {sets.data?.map((set) => <SetRow key={set.name} set={set} servers={servers} />)}
      </ul>
      {making && <EditSet servers={servers} taken={(sets.data ?? []).map((s) => s.name)} onClose={() => setMaking(false)} />}
    </Section>
  );
}
