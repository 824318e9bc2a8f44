/** The look of everything one types into. */
export const inputLook =
  "w-full rounded-[10px] border border-edge bg-field px-3 text-base text-ink transition-colors hover:border-ink-3 focus-visible:border-accent focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent/40 aria-invalid:border-bad disabled:opacity-50";
