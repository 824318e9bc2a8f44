/** Copies text; where the clipboard API is refused, the old way. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    box.style.cssText = "position:fixed;opacity:0";
    // Inside an open dialog only its own children may take the focus.
    (document.activeElement?.parentElement ?? document.body).append(box);
    box.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way left here
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
