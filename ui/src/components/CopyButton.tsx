import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "./Button";
import { copyText } from "./copyText";

interface Props {
  /** The text, or what gets it when it is asked for; null when it cannot be had. */
  text: string | (() => Promise<string | null>);
  /** What is copied, e.g. "endpoint": it names the button. */
  what: string;
  worded?: boolean;
  "data-testid"?: string;
}

export function CopyButton({ text, what, worded, ...rest }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    const wanted = typeof text === "string" ? text : await text();
    if (wanted !== null) setCopied(await copyText(wanted));
  };
  const label = copied ? "Copied" : `Copy ${what}`;
  const icon = copied ? Check : Copy;
  return (
    <>
      {worded ? (
        <Button {...rest} size="sm" icon={icon} onClick={() => void copy()}>{copied ? "Copied" : "Copy"}<span className="sr-only"> {what}</span></Button>
      ) : (
        <IconButton {...rest} icon={icon} label={label} onClick={() => void copy()} className={copied ? "text-ok" : undefined} />
      )}
      <span role="status" className="sr-only">{copied ? `${what} copied` : ""}</span>
    </>
  );
}
