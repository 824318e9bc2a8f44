import { CalendarClock, FolderGit2, GitCommitHorizontal, Tag, UserRound } from "lucide-react";
import { Badge } from "@/components/Badge";
import { Visible } from "@/components/Exact";
import { StepTitle } from "@/components/StepTitle";
import { useNow } from "@/components/useNow";
import type { Analysis } from "@/ipc/types";
import { ago, moment } from "@/text/time";

/** What it is, who made it and how old it is. */
export function Subject({ analysis, title }: { analysis: Analysis; title: string }) {
  const now = useNow();
  const { manifest, publisher, publishedAt, commit, warnings } = analysis;
  const fresh = warnings.some((w) => w.kind === "veryNew");
  const unverified = warnings.some((w) => w.kind === "unverified");
  return (
    <div className="selectable">
      <StepTitle className="[overflow-wrap:anywhere]"><Visible text={title} /></StepTitle>
      {manifest.description !== "" && <p className="mt-1.5 max-w-[68ch] text-ink-2"><Visible text={manifest.description} /></p>}
      <div className="mt-3 flex flex-wrap gap-2">
        <Badge tone="accent" icon={Tag}>{kind(analysis)}{manifest.version !== "" && ` ${manifest.version}`}</Badge>
        <Badge tone={unverified ? "warn" : "plain"} icon={UserRound}>{publisher ? <span>Published by <Visible text={publisher} /></span> : "Publisher unknown"}</Badge>
        {publishedAt !== null && <Badge tone={fresh ? "warn" : "plain"} icon={CalendarClock}><span title={moment(publishedAt)}>This version is {age(publishedAt, now)}</span></Badge>}
        {commit !== null && <Badge icon={GitCommitHorizontal}><span title={commit}>Commit {commit.slice(0, 7)}</span></Badge>}
        {manifest.repository && <Badge icon={FolderGit2}><span className="[overflow-wrap:anywhere]">Says its source is <Visible text={bare(manifest.repository.url)} /></span></Badge>}
      </div>
    </div>
  );
}

const age = (at: number, now: number): string => {
  const words = ago(at, now);
  return words.endsWith(" ago") ? `${words.slice(0, -4)} old` : `from ${words}`;
};

/** An address as people say it. */
const bare = (url: string): string => url.replace(/^(git\+)?https?:\/\//, "").replace(/(\.git)?\/?$/, "");

function kind({ source, manifest }: Analysis): string {
  const registry = manifest.packages?.[0]?.registryType;
  if (registry === "npm") return "npm";
  if (registry === "pypi") return "PyPI";
  return source.kind === "remote" ? "Hosted" : source.kind === "folder" ? "Folder" : (registry ?? source.kind);
}
