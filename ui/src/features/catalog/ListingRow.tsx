import { BadgeCheck, Cloud, ExternalLink, TriangleAlert } from "lucide-react";
import { Badge } from "@/components/Badge";
import type { Listing } from "@/ipc/types";
import { useOpenUrl } from "@/problems/useOpenUrl";
import { ListingIcon } from "./ListingIcon";

const KINDS: Record<string, string> = { npm: "npm", pypi: "Python", oci: "Container", mcpb: "Bundle", nuget: ".NET", cargo: "Rust", go: "Go" };

/** What one can run it by, each kind once. */
const kinds = (listing: Listing): string[] => [...new Set(listing.packages.map((p) => KINDS[p.registryType] ?? p.registryType))];

interface Props { listing: Listing; onPick: (paste: string) => void }

export function ListingRow({ listing, onPick }: Props) {
  const openUrl = useOpenUrl();
  const { origin } = listing;
  return (
    <li className="relative">
      <button
        type="button"
        data-listing
        data-testid={`listing-${listing.name}`}
        onClick={() => onPick(listing.paste)}
        className="flex w-full items-start gap-3.5 rounded-xl px-3 py-2.5 text-left transition-colors hover:bg-raised focus-visible:bg-raised"
      >
        <ListingIcon listing={listing} />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="truncate font-semibold">{listing.title ?? listing.name.split("/").at(-1)}</span>
            <span className="inline-flex items-center gap-1 truncate text-sm text-ink-3">
              {listing.publisher}
              {listing.official && <BadgeCheck role="img" aria-label="The publisher has proved who they are" size={14} className="text-accent" />}
            </span>
          </span>
          <span className="mt-0.5 line-clamp-2 text-sm text-ink-2 [overflow-wrap:anywhere]">{listing.description}</span>
          <span className="mt-1.5 flex flex-wrap gap-1.5">
            {kinds(listing).map((kind) => <Badge key={kind}>{kind}</Badge>)}
            {listing.hosted && <Badge tone="teal" icon={Cloud}>Hosted</Badge>}
            {listing.deprecated !== null && <Badge tone="warn" icon={TriangleAlert}>Outdated{listing.deprecated && `: ${listing.deprecated}`}</Badge>}
          </span>
        </span>
      </button>
      {origin.kind === "glama" && (
        <button type="button" onClick={() => openUrl(origin.link)} className="absolute top-3 right-3 inline-flex items-center gap-1 rounded text-xs text-accent hover:underline">
          via Glama<ExternalLink aria-hidden size={11} />
        </button>
      )}
    </li>
  );
}
