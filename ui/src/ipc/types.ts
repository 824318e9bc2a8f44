// The nouns as the shell sends them. The rest of the window imports them from here, never from the generated file.
import type * as wire from "./bindings";

// Whole milliseconds cross the bridge as JSON numbers. The generator cannot know that they are never NaN, and allows
// null; these fields always hold a number.
type Time = "at" | "millis" | "statusAt" | "createdAt" | "lookedAt" | "reset" | "updatedAt";

// What an earlier release did not keep is read as empty, which the generator takes for a field that may be left out. The
// shell always sends these.
type Always = "facts" | "gaps" | "disputes";

/** The same type with its times definite and its lists there. */
export type Definite<T> = T extends (infer Item)[]
  ? Definite<Item>[]
  : T extends object
    ? { [K in keyof T as K extends Always ? never : K]: K extends Time ? Exclude<T[K], null> : Definite<T[K]> }
      & { [K in keyof T as K extends Always ? K : never]-?: Definite<Exclude<T[K], undefined>> }
    : T;

export type Activity = Definite<wire.ActivityView>;
export type Analysis = Definite<wire.Analysis>;
export type Analyzed = Definite<wire.Analyzed>;
export type ClientLink = Definite<wire.ClientLink>;
export type DeploymentView = Definite<wire.DeploymentView>;
export type Event = Definite<wire.Event>;
export type FillResult = Definite<wire.FillResult>;
export type GithubView = Definite<wire.GithubView>;
export type Listing = Definite<wire.Listing>;
export type LogLine = Definite<wire.LogLineView>;
export type Manifest = Definite<wire.Manifest>;
export type Source = Definite<wire.Source>;
export type Status = Definite<wire.Status>;
export type StatusEvent = Definite<wire.StatusEvent>;
export type ToolResult = Definite<wire.ToolResult>;

export type {
  AnswerInput, AnswerView, AppState, Appearance, CatalogStatus, ClientView, Confidence, ConnectPlan, DiffLine, Dispute,
  EndpointView, Evidence, EvidenceSource, FactTopic, Field, FieldKind, FieldProblem, Fix, Form, FormView, Gap, GithubCode,
  GlamaView, ModelSettings, ModelView, Preview, Problem, ProblemCode, Progress, ProviderKind, Scope, SetView,
  SettingsView, Side, SourceChoice, Step, Target, ToolView, VaultState, Warning, WarningKind,
} from "./bindings";

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
