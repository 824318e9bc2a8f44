import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

const nothing = () => undefined;

// jsdom draws nothing, so it lacks what Radix and the pages ask of a drawing browser.
class Observer {
  observe = nothing;
  unobserve = nothing;
  disconnect = nothing;
}
const media = (query: string) => ({ media: query, matches: false, addEventListener: nothing, removeEventListener: nothing });
Object.assign(globalThis, { ResizeObserver: Observer });
Object.assign(window, { matchMedia: media });
Object.assign(Element.prototype, { scrollIntoView: nothing, scrollTo: nothing, hasPointerCapture: () => false });
