import { useQuery } from "@tanstack/react-query";
import { Section } from "@/components/Card";
import { Disclosure } from "@/components/Disclosure";
import { AddressRows } from "@/features/deployments/AddressRows";
import { useToken } from "@/features/deployments/useToken";
import { api } from "@/ipc/client";
import { queries } from "@/ipc/queries";

/** Counters of all servers, for those who watch their computers with Prometheus. */
export function Metrics() {
  const metrics = useQuery(queries.metrics());
  const token = useToken(() => api.metrics(true));
  return (
    <Section title="Metrics">
      <Disclosure title="Calls, errors and times for Prometheus" data-testid="metrics">
        <p className="mb-2 text-sm text-ink-2">The token opens these counters and nothing else. Until it is shown or copied for the first time there is none, and the page is closed.</p>
        {metrics.data && <AddressRows url={metrics.data.url} token={token} name="metrics" />}
      </Disclosure>
    </Section>
  );
}
