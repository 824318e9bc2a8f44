interface ImportMetaEnv {
  /** "1" bundles the demo backend; the product build has no trace of it. */
  readonly VITE_DEMO?: string;
}
