// The door to the shell. The demo and the tests put another backend behind the same door.
import { commands, events } from "./bindings";
import type { Event } from "./types";

export type Commands = typeof commands;

export interface Backend {
  commands: Commands;
  listen: (on: (event: Event) => void) => Promise<() => void>;
}

const shell: Backend = {
  commands,
  listen: (on) => events.engineEvent.listen((e) => on(e.payload as Event)),
};

let current = shell;

export const backend = (): Backend => current;

export function setBackend(next: Backend): void {
  current = next;
}
