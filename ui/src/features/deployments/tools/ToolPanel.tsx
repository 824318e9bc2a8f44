import { useMutation } from "@tanstack/react-query";
import { Braces, ListTree, PencilLine, Play } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Confirm } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { TextArea } from "@/components/Inputs";
import { api } from "@/ipc/client";
import { toProblem } from "@/ipc/errors";
import type { JsonValue, ToolView } from "@/ipc/types";
import { ProblemCard } from "@/problems/ProblemCard";
import { ArgField } from "./ArgField";
import { ResultView } from "./ResultView";
import { argsOf, build, initialValues, isObject, parsed, type Values } from "./schema";

/** Kinds whose answers are short enough for half a line. */
const SHORT = new Set<string>(["number", "choice"]);

/** Try a tool: a form from its schema, the same as JSON, and the answer. */
export function ToolPanel({ server, tool }: { server: string; tool: ToolView }) {
  const args = argsOf(parsed(tool.inputSchema));
  const [values, setValues] = useState<Values>(() => initialValues(args));
  const [problems, setProblems] = useState<Values>({});
  const [json, setJson] = useState<string | null>(null);
  const [jsonWrong, setJsonWrong] = useState<string>();
  const [asking, setAsking] = useState<string | null>(null);
  const [agreed, setAgreed] = useState(!tool.destructive);
  const call = useMutation({ mutationFn: (text: string) => api.callTool(server, tool.name, text) });

  const send = (text: string) => {
    if (agreed) call.mutate(text);
    else setAsking(text);
  };
  const run = () => {
    if (json !== null) {
      const wrong = notAnObject(json);
      setJsonWrong(wrong);
      if (!wrong) send(json);
      return;
    }
    const built = build(args, values);
    setProblems(built.problems);
    if (Object.keys(built.problems).length === 0) send(JSON.stringify(built.arguments));
  };

  return (
    <Card className="flex min-h-0 flex-col overflow-y-auto p-5">
      <header className="flex items-start justify-between gap-3">
        <div className="selectable min-w-0">
          <h2 className="font-mono text-lg font-medium [overflow-wrap:anywhere]">{tool.name}</h2>
          {!tool.readOnly && <p className="mt-1"><Badge tone={tool.destructive ? "warn" : "plain"} icon={PencilLine}>{tool.destructive ? "Can change or delete things" : "Can change things"}</Badge></p>}
          {tool.description && <p className="mt-1 text-sm whitespace-pre-line text-ink-2 [overflow-wrap:anywhere]">{tool.description}</p>}
        </div>
        <Button
          variant="ghost" size="sm" icon={json === null ? Braces : ListTree} data-testid="tool-mode"
          onClick={() => setJson(json === null ? JSON.stringify(build(args, values).arguments, null, 2) : null)}
        >
          {json === null ? "JSON" : "Form"}
        </Button>
      </header>
      <form noValidate onSubmit={(e) => { e.preventDefault(); run(); }} className="mt-5 flex flex-col gap-4">
        {json !== null ? (
          <Field label="Arguments" help="A JSON object, sent as it is." error={jsonWrong}>
            {(ids) => <TextArea {...ids} data-testid="tool-json" rows={7} value={json} onChange={(e) => setJson(e.target.value)} className="font-mono text-sm" />}
          </Field>
        ) : args.length > 0 ? (
          <div className="grid grid-cols-2 gap-4">
            {args.map((arg) => (
              <div key={arg.name} className={SHORT.has(arg.kind) ? "" : "col-span-2"}>
                <ArgField arg={arg} value={values[arg.name] ?? ""} error={problems[arg.name]} onChange={(v) => setValues({ ...values, [arg.name]: v })} />
              </div>
            ))}
          </div>
        ) : (
          <p className="text-sm text-ink-2">This tool takes no arguments.</p>
        )}
        <div><Button type="submit" variant="primary" icon={Play} busy={call.isPending} data-testid="tool-run">{call.isPending ? "Running" : "Run"}</Button></div>
      </form>
      <Confirm
        open={asking !== null} onClose={() => setAsking(null)} title={`Run ${tool.name}?`} action="Run it" cancel="Not now" testId="confirm-run"
        onConfirm={() => { if (asking !== null) call.mutate(asking); setAgreed(true); setAsking(null); }}
      >
        This is the real tool. It may change or delete things, and Catwalk cannot take that back.
      </Confirm>
      <div aria-live="polite" className="mt-5 empty:mt-0">
        {call.error && <ProblemCard problem={toProblem(call.error)} deployment={server} retry={run} />}
        {call.isSuccess && <ResultView result={call.data} />}
      </div>
    </Card>
  );
}

function notAnObject(text: string): string | undefined {
  try {
    return isObject(JSON.parse(text) as JsonValue) ? undefined : "This must be a JSON object in { }.";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : "This is not JSON.";
  }
}
