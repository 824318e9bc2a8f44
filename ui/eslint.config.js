import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const tauri = { group: ["@tauri-apps/*"], message: "Only src/ipc talks to the shell." };
const bindings = { group: ["**/ipc/bindings"], message: "Import from @/ipc/client or @/ipc/types." };
const features = { group: ["@/features/*"], message: "Features do not import each other; compose them in app/pages." };
const upwards = { group: ["@/app/*"], message: "app imports features, not the reverse." };
const nouns = { group: ["@/ipc/*", "@/problems/*", "@/features/*"], message: "Components know no product nouns." };
const restrict = (...patterns) => ({ rules: { "no-restricted-imports": ["error", { patterns }] } });

export default ts.config(
  { ignores: ["dist", "coverage", "src/ipc/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  { files: ["eslint.config.js"], ...ts.configs.disableTypeChecked },
  { files: ["src/**"], ignores: ["src/ipc/**"], ...restrict(tauri, bindings) },
  { files: ["src/features/**"], ...restrict(tauri, bindings, features, upwards) },
  { files: ["src/problems/**"], ...restrict(tauri, bindings, features, upwards) },
  { files: ["src/components/**"], ...restrict(tauri, bindings, nouns, upwards) },
);
