import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { rememberedAppearance, showAppearance } from "./app/theme";
import "./styles.css";

// Before the first paint, so that the window never flashes in the other theme.
showAppearance(rememberedAppearance());

if (import.meta.env.VITE_DEMO === "1") {
  const demo = await import("./ipc/demo");
  demo.install();
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
