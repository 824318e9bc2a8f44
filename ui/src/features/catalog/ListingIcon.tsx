import { useQuery } from "@tanstack/react-query";
import { Package } from "lucide-react";
import { queries } from "@/ipc/queries";
import type { Listing } from "@/ipc/types";

/** A server's picture, which the engine fetched and checked; a plain mark where there is none. */
export function ListingIcon({ listing }: { listing: Listing }) {
  const icon = useQuery({ ...queries.listingIcon(listing.name), enabled: listing.icon !== null });
  return (
    <span className="flex size-10 shrink-0 items-center justify-center overflow-hidden rounded-xl border border-line bg-raised text-ink-3">
      {icon.data?.startsWith("data:image/") ? <img src={icon.data} alt="" width={28} height={28} className="size-7 object-contain" /> : <Package aria-hidden size={18} />}
    </span>
  );
}
