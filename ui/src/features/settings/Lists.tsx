import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Section } from "@/components/Card";
import { Field } from "@/components/Field";
import { SecretInput, Switch } from "@/components/Inputs";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import { queries } from "@/ipc/queries";
import { useSave } from "./useSave";

/** Which lists of servers are searched. */
export function Lists() {
  const glama = useQuery(queries.glamaSettings());
  const [key, setKey] = useState("");
  const save = useSave((next: { enabled: boolean; key: string | null }) => api.setGlama(next.enabled, next.key), "Saved");
  const enabled = glama.data?.enabled ?? false;
  return (
    <Section title="Lists of servers" hint="The official MCP Registry is copied to this computer, so that search is instant and works offline.">
      <Field label="Ask Glama too" inline help="What you search for is then sent to glama.ai. Its results carry a link to its page.">
        {(ids) => <Switch id={ids.id} aria-describedby={ids["aria-describedby"]} checked={enabled} onChange={(on) => save.mutate({ enabled: on, key: null })} data-testid="glama-enabled" />}
      </Field>
      {enabled && (
        <form className="mt-4" onSubmit={(e) => { e.preventDefault(); save.mutate({ enabled, key: key.trim() }, { onSuccess: () => setKey("") }); }}>
          <Field label="Glama API key" optional error={save.error ? toProblem(save.error).explanation : undefined}>
            {(ids) => (
              <div className="flex gap-2">
                <div className="flex-1"><SecretInput {...ids} data-testid="glama-key" value={key} placeholder={glama.data?.keySet ? "Saved. Type to replace it" : ""} onChange={(e) => setKey(e.target.value)} /></div>
                <Button type="submit" busy={save.isPending} disabled={key.trim() === ""}>Save</Button>
                {glama.data?.keySet && <Button variant="ghost" onClick={() => save.mutate({ enabled, key: "" })}>Remove</Button>}
              </div>
            )}
          </Field>
        </form>
      )}
    </Section>
  );
}
