// The nouns as the shell sends them. The rest of the window imports them from here, never from the generated file.
export type {
  Activity, Analysis, Analyzed, AnswerInput, AnswerView, AppState, Appearance, ClientKind, ClientLink, ClientView,
  Confidence, ConnectPlan, DeploymentForm, DeploymentView, DiffLine, EndpointView, Event, Evidence, EvidenceSource,
  Field, FieldKind, FieldProblem, Fix, Form, JsonValue, LastCall, LogLine, Manifest, Preview, Problem, ProblemCode,
  SettingsView, Source, Status, StatusEvent, ToolResult, ToolView, Warning, WarningKind,
} from "./bindings";
