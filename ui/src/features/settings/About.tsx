import { Section } from "@/components/Card";
import { CopyButton } from "@/components/CopyButton";
import { Mark } from "@/components/Mark";
import type { SettingsView } from "@/ipc/types";

export function About({ settings }: { settings: SettingsView }) {
  const rows: [string, string][] = [["Relay", settings.relay.url], ["Data", settings.dataDir], ["Log", settings.logDir]];
  return (
    <Section title="About">
      <div className="flex items-center gap-4">
        <Mark size={44} />
        <div>
          <p className="text-lg font-semibold">Catwalk</p>
          <p className="selectable text-sm text-ink-2">Version {settings.version}</p>
        </div>
      </div>
      <dl className="mt-4">
        {rows.map(([label, value]) => (
          <div key={label} className="flex min-h-10 items-center gap-3 border-t border-line">
            <dt className="w-16 shrink-0 text-sm text-ink-3">{label}</dt>
            <dd className="flex min-w-0 flex-1 items-center justify-between gap-2">
              <code className="text-xs [overflow-wrap:anywhere] text-ink-2">{value}</code>
              <CopyButton text={value} what={label.toLowerCase()} />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
