import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { HashRouter, Route, Routes, useLocation } from "react-router";
import { Toasts } from "@/components/Toasts";
import { AppsPage } from "./pages/AppsPage";
import { LaunchPage } from "./pages/LaunchPage";
import { NewServerPage } from "./pages/NewServerPage";
import { ServerPage } from "./pages/ServerPage";
import { ServersPage } from "./pages/ServersPage";
import { SettingsPage } from "./pages/SettingsPage";
import { Shell } from "./Shell";

// The shell answers from this computer and tells us what became stale, so nothing is polled or retried.
const cache = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 30_000, retry: false, refetchOnWindowFocus: false, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});

export function App() {
  return (
    <QueryClientProvider client={cache}>
      <Tooltip.Provider delayDuration={350}>
        <Toasts>
          {/* A page is left at once: one kept on screen by a transition would ask for what was just deleted. */}
          <HashRouter useTransitions={false}>
            <Routes>
              <Route element={<Shell />}>
                <Route index element={<ServersPage />} />
                <Route path="new" element={<Fresh />} />
                <Route path="new/:id" element={<LaunchPage />} />
                <Route path="servers/:id/:tab?" element={<ServerPage />} />
                <Route path="apps" element={<AppsPage />} />
                <Route path="settings" element={<SettingsPage />} />
                <Route path="*" element={<ServersPage />} />
              </Route>
            </Routes>
          </HashRouter>
        </Toasts>
      </Tooltip.Provider>
    </QueryClientProvider>
  );
}

/** "New server" while one is under way starts over. */
function Fresh() {
  return <NewServerPage key={useLocation().key} />;
}
