import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { analysisOf } from "@/ipc/demo/analyses";
import { AnswerForm, type Asked } from "./AnswerForm";
import { changes, check, inputs, start, type Draft, type Problems } from "./answers";

const { form } = analysisOf("notes", "draft");

const start0: Asked = { field: null };

function Harness({ onSubmit, sealed, problems, focus = start0 }: { onSubmit: (draft: Draft) => void; sealed?: string[]; problems?: Problems; focus?: Asked | null }) {
  const [draft, setDraft] = useState(() => start(form));
  return (
    <Tooltip.Provider>
      <AnswerForm form={form} draft={draft} onChange={setDraft} onSubmit={onSubmit} sealed={new Set(sealed)} {...(problems && { problems })} focus={focus}>
        <button type="submit">Go</button>
      </AnswerForm>
    </Tooltip.Provider>
  );
}

it("draws every kind of field, starting at the first", () => {
  render(<Harness onSubmit={vi.fn()} />);
  expect(screen.getByLabelText("Notes API key")).toHaveFocus();
  expect(screen.getByTestId("field-env:NOTES_API_KEY")).toHaveAttribute("type", "password");
  expect(screen.getByTestId("field-arg:0")).toBeInTheDocument();
  expect(screen.getByRole("combobox", { name: "Notes region" })).toBeInTheDocument();
  expect(screen.getByLabelText("Notes max results")).toHaveValue("50");
  expect(screen.getByRole("switch", { name: "Notes read only" })).toBeChecked();
  expect(screen.getAllByText("Where do I get this?")).toHaveLength(1);
});

it("shows a secret only while asked to", async () => {
  render(<Harness onSubmit={vi.fn()} />);
  const secret = screen.getByTestId("field-env:NOTES_API_KEY");
  await userEvent.click(screen.getByRole("button", { name: "Show" }));
  expect(secret).toHaveAttribute("type", "text");
  await userEvent.click(screen.getByRole("button", { name: "Hide" }));
  expect(secret).toHaveAttribute("type", "password");
});

it("says what is missing, ties it to the field and goes there", async () => {
  const submit = vi.fn();
  render(<Harness onSubmit={submit} />);
  await userEvent.click(screen.getByText("Go"));
  expect(submit).not.toHaveBeenCalled();
  const secret = screen.getByTestId("field-env:NOTES_API_KEY");
  expect(secret).toBeInvalid();
  expect(secret).toHaveAccessibleDescription(/Notes API key is needed\./);
  expect(secret).toHaveFocus();
});

it("asks nothing of a secret that is stored already", () => {
  const field = form.fields[0];
  expect(field && check(field, start(form), new Set(["env:NOTES_API_KEY"]))).toBeNull();
});

it("shows what the shell found wrong, and goes there", () => {
  const { rerender } = render(<Harness onSubmit={vi.fn()} />);
  rerender(<Harness onSubmit={vi.fn()} problems={{ "env:NOTES_MAX_RESULTS": "It must be less than 100." }} />);
  expect(screen.getByText("It must be less than 100.")).toBeInTheDocument();
  expect(screen.getByLabelText("Notes max results")).toHaveFocus();
});

it("goes to a field each time it is asked to, and nowhere unasked", () => {
  const { rerender } = render(<Harness onSubmit={vi.fn()} focus={null} />);
  expect(document.body).toHaveFocus();
  for (const visit of ["one", "two"]) {
    rerender(<Harness onSubmit={vi.fn()} focus={{ field: "env:NOTES_MAX_RESULTS", visit }} />);
    expect(screen.getByLabelText("Notes max results")).toHaveFocus();
    screen.getByText("Go").focus();
  }
});

it("takes a choice back where none is needed", async () => {
  const region = form.fields.filter((f) => f.key === "env:NOTES_REGION").map((f) => ({ ...f, required: false }));
  const submit = vi.fn<(draft: Draft) => void>();
  const Own = () => {
    const [draft, setDraft] = useState<Draft>({ "env:NOTES_REGION": ["eu"] });
    return <AnswerForm form={{ fields: region }} draft={draft} onChange={setDraft} onSubmit={submit}><button type="submit">Go</button></AnswerForm>;
  };
  render(<Own />);
  await userEvent.click(screen.getByRole("combobox", { name: "Notes region" }));
  await userEvent.click(screen.getByRole("option", { name: "None" }));
  await userEvent.click(screen.getByText("Go"));
  expect(submit).toHaveBeenCalledWith({ "env:NOTES_REGION": [""] });
});

it("names a positional argument once", () => {
  render(<Harness onSubmit={vi.fn()} />);
  expect(screen.getByText("NOTES_REGION")).toBeInTheDocument();
  expect(screen.queryByText("allowed_directory")).toBeNull();
});

it("takes several values for a repeated field", async () => {
  render(<Harness onSubmit={vi.fn()} />);
  await userEvent.type(screen.getByTestId("field-arg:0"), "/one");
  await userEvent.click(screen.getByRole("button", { name: "Add another folder" }));
  await userEvent.type(screen.getByTestId("field-arg:0-1"), "/two");
  expect(screen.getByTestId("field-arg:0-1")).toHaveValue("/two");
  await userEvent.click(screen.getByRole("button", { name: "Remove folder 1" }));
  expect(screen.getByTestId("field-arg:0")).toHaveValue("/two");
});

it.each([
  ["number", "12.5", null], ["number", "many", "must be a number"],
  ["folder", "/srv", null], ["folder", "C:\\Users", null], ["folder", "srv", "must be a full path"],
  ["boolean", "maybe", "must be on or off"],
] as const)("checks a %s: %s", (kind, value, wrong) => {
  const field = { key: "k", name: "K", label: "K", help: null, link: null, required: true, secret: false, repeated: false, default: null, placeholder: null, kind: { kind } };
  expect(check(field, { k: [value] }, new Set())).toBe(wrong && `K ${wrong}.`);
});

it("sends what was answered, and for a change also what was emptied", () => {
  const draft: Draft = { "env:NOTES_API_KEY": [""], "arg:0": ["/a", " "], "env:NOTES_REGION": ["eu"], "env:NOTES_MAX_RESULTS": [""], "env:NOTES_READ_ONLY": ["false"] };
  expect(inputs(draft).map((a) => a.key)).toEqual(["arg:0", "env:NOTES_REGION", "env:NOTES_READ_ONLY"]);
  expect(changes(form, draft)).toContainEqual({ key: "env:NOTES_MAX_RESULTS", values: [] });
  expect(changes(form, draft).some((a) => a.key === "env:NOTES_API_KEY")).toBe(false);
});

it("forgets a saved secret only when asked to, and not one that is needed", async () => {
  const submit = vi.fn<(draft: Draft) => void>();
  const optional = { ...form, fields: form.fields.filter((f) => f.secret).map((f) => ({ ...f, required: false })) };
  const Own = () => {
    const [draft, setDraft] = useState(() => start(optional));
    return <Tooltip.Provider><AnswerForm form={optional} draft={draft} onChange={setDraft} onSubmit={() => submit(draft)} sealed={new Set(["env:NOTES_API_KEY"])} problems={{}}><button type="submit">Go</button></AnswerForm></Tooltip.Provider>;
  };
  const { unmount } = render(<Harness onSubmit={vi.fn()} sealed={["env:NOTES_API_KEY"]} />);
  expect(screen.queryByRole("button", { name: "Forget Notes API key" })).toBeNull();
  unmount();
  render(<Own />);
  const sent = () => changes(optional, submit.mock.lastCall?.[0] ?? {}).find((a) => a.key === "env:NOTES_API_KEY");
  await userEvent.click(screen.getByText("Go"));
  expect(submit).toHaveBeenCalledOnce();
  expect(sent()).toBeUndefined();
  await userEvent.click(screen.getByRole("button", { name: "Forget Notes API key" }));
  await userEvent.click(screen.getByText("Go"));
  expect(sent()?.values).toEqual([]);
});
