/** The mark: a cat on a tightrope. The same drawing as icons/mark.svg, without its ground. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="96 190 832 680" aria-hidden>
      <defs>
        <linearGradient id="mark" gradientUnits="userSpaceOnUse" x1="150" y1="300" x2="860" y2="720">
          <stop offset="0" stopColor="var(--primary-a)" />
          <stop offset="1" stopColor="var(--primary-b)" />
        </linearGradient>
      </defs>
      <g fill="none" stroke="url(#mark)" strokeLinecap="round" strokeLinejoin="round">
        <path strokeWidth="28" opacity=".8" d="M120 796 Q512 830 904 796" />
        <path strokeWidth="64" d="M318 496 C176 480 140 352 220 270" />
        <path strokeWidth="76" d="M300 548 L248 768 M352 560 L412 776 M618 560 L566 776 M676 540 L760 768" />
        <path fill="url(#mark)" stroke="none" d="M252 548 C246 452 326 424 400 432 C500 444 560 430 622 372 L650 256 Q656 234 676 248 L736 300 Q752 298 768 300 L832 250 Q852 236 856 260 L866 380 C872 450 830 500 772 512 C752 600 690 612 610 606 C520 598 450 598 380 618 C300 634 256 610 252 548 Z" />
      </g>
    </svg>
  );
}
