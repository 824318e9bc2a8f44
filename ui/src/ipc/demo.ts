// A backend without a shell, for looking at every screen in a browser: `npm run demo`. It is bundled only then.
import { setBackend } from "./backend";
import { demoCommands } from "./demo/commands";
import { listen } from "./demo/world";

export function install(): void {
  setBackend({ commands: demoCommands, listen });
}
