import { Component, type ReactNode } from "react";
import { Page } from "@/components/Page";
import { toProblem } from "@/ipc/errors";
import { ProblemCard } from "@/problems/ProblemCard";

/** A page that breaks says so and can be opened again; the rest of the window stays. */
export class Boundary extends Component<{ children: ReactNode }, { thrown: unknown }> {
  override state = { thrown: null as unknown };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown };
  }

  override render() {
    if (this.state.thrown === null) return this.props.children;
    return <Page width="text"><ProblemCard problem={toProblem(this.state.thrown)} retry={() => this.setState({ thrown: null })} /></Page>;
  }
}
