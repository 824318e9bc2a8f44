// What each kind of problem looks like. A record over the closed list: a new code does not compile until it has a face.
import {
  Ban, Bot, CircleHelp, CircleX, CloudOff, Database, FileWarning, Hourglass, KeyRound, LinkIcon, Lock, MessageCircleOff,
  PackageX, PlugZap, RefreshCwOff, ScrollText, SearchX, ShieldAlert, SquarePen, Unplug, UserRound, Wrench, type LucideIcon,
} from "lucide-react";
import type { ProblemCode } from "@/ipc/types";

export interface Face { icon: LucideIcon; tone: "bad" | "warn" }

export const faces: Record<ProblemCode, Face> = {
  sourceNotUnderstood: { icon: LinkIcon, tone: "warn" },
  notFound: { icon: SearchX, tone: "warn" },
  rateLimited: { icon: Hourglass, tone: "warn" },
  offline: { icon: CloudOff, tone: "warn" },
  notAServer: { icon: CircleHelp, tone: "warn" },
  unsupported: { icon: Ban, tone: "warn" },
  answersInvalid: { icon: SquarePen, tone: "warn" },
  credentialRefused: { icon: KeyRound, tone: "bad" },
  signInNeeded: { icon: UserRound, tone: "warn" },
  installFailed: { icon: PackageX, tone: "bad" },
  scriptNotAllowed: { icon: ShieldAlert, tone: "warn" },
  diedAtStart: { icon: CircleX, tone: "bad" },
  crashLoop: { icon: RefreshCwOff, tone: "bad" },
  noAnswer: { icon: MessageCircleOff, tone: "bad" },
  portInUse: { icon: PlugZap, tone: "bad" },
  keychainLocked: { icon: Lock, tone: "warn" },
  keyLost: { icon: Unplug, tone: "bad" },
  storage: { icon: Database, tone: "bad" },
  clientConfig: { icon: FileWarning, tone: "warn" },
  modelUnusable: { icon: Bot, tone: "warn" },
  cancelled: { icon: ScrollText, tone: "warn" },
  internal: { icon: Wrench, tone: "bad" },
};

/** Problems whose evidence is the end of a log: its last lines usually say why. */
const TAILS: ProblemCode[] = ["diedAtStart", "crashLoop", "noAnswer", "installFailed", "credentialRefused"];
export const isTail = (code: ProblemCode): boolean => TAILS.includes(code);

const unknown: Face = { icon: Wrench, tone: "bad" };

/** The face of a code; a shell newer than the window may send one that we do not know. */
export const face = (code: ProblemCode): Face => (faces as Partial<Record<string, Face>>)[code] ?? unknown;
