import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { tsconfigPaths: true },
  clearScreen: false,
  // Tauri's devUrl names this port; a different one would show an empty window.
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  build: {
    target: ["es2022", "safari16"],
    // The policy has no `data:` for fonts and scripts, so nothing may be inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  test: { environment: "jsdom", setupFiles: ["./src/test/setup.ts"], restoreMocks: true },
});
