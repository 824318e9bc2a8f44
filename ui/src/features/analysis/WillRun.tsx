import { Info, TriangleAlert } from "lucide-react";
import { Section } from "@/components/Card";
import { CopyButton } from "@/components/CopyButton";
import { CommandLine, Visible } from "@/components/Exact";
import type { Preview } from "@/ipc/types";
import { commandLine, hidesSomething } from "@/text/escape";

interface Props { preview: Preview; /** Says what an Allow gives away. */ rights?: boolean }

/** The exact command or address, whole. */
export function WillRun({ preview, rights }: Props) {
  const remote = preview.url !== null;
  const extras = [...preview.env, ...preview.headers];
  const odd = hidesSomething([...preview.command, ...extras, preview.url ?? ""]);
  return (
    <Section
      title={remote ? "What will be called" : "What will run on this computer"}
      hint={remote ? "Nothing is installed. AI apps reach this address through Catwalk." : "The same as this command, from an exact version that Catwalk installs once. Shown in full."}
    >
      <div className="relative rounded-xl border border-line bg-sunken p-4 pr-12">
        {remote ? <code className="font-mono text-sm [overflow-wrap:anywhere]" data-testid="exact-command"><Visible text={preview.url ?? ""} /></code> : <CommandLine words={preview.command} />}
        {extras.length > 0 && (
          <ul aria-label={remote ? "Headers" : "Environment"} className="mt-3 border-t border-line pt-3">
            {extras.map((line) => <li key={line} className="font-mono text-xs leading-5 text-ink-2 [overflow-wrap:anywhere]"><Visible text={line} /></li>)}
          </ul>
        )}
        <div className="absolute top-2 right-2"><CopyButton text={preview.url ?? commandLine(preview.command)} what={remote ? "address" : "command"} /></div>
      </div>
      {rights && (
        <p data-testid="rights" className="mt-3 flex gap-2 text-sm text-ink-2">
          <Info aria-hidden size={16} className="mt-0.5 shrink-0 text-accent" />
          {remote ? "What you send there is theirs to read." : "It runs with your rights: it can read your files and use the internet. Allow it as you would install a program."}
        </p>
      )}
      {odd && (
        <p role="alert" className="mt-3 flex gap-2 text-sm text-warn">
          <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />There are characters in it that cannot be seen. They are spelled out above. Be careful.
        </p>
      )}
    </Section>
  );
}
