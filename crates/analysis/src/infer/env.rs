//! Which environment variables a user is asked for, by their names.

use crate::text::words;

/// Environment that would change what program runs or whom it trusts, rather than how the server behaves.
pub(crate) fn is_dangerous_env(name: &str) -> bool {
    const EXACT: [&str; 26] = [
        "NODE_OPTIONS",
        "NODE_PATH",
        "NODE_EXTRA_CA_CERTS",
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "NODE_REPL_EXTERNAL_MODULE",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONHOME",
        "PYTHONINSPECT",
        "PYTHONUSERBASE",
        "PYTHONEXECUTABLE",
        "PATH",
        "PATHEXT",
        "COMSPEC",
        "SHELL",
        "ENV",
        "BASH_ENV",
        "IFS",
        "PERL5OPT",
        "PERL5LIB",
        "RUBYOPT",
        "JAVA_TOOL_OPTIONS",
        "GIT_SSH_COMMAND",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
    ];
    const PREFIXES: [&str; 9] =
        ["LD_", "DYLD_", "NPM_CONFIG_", "PIP_", "UV_", "PNPM_CONFIG_", "YARN_", "BUN_CONFIG_", "COREPACK_"];
    let upper = name.to_ascii_uppercase();
    EXACT.contains(&upper.as_str()) || PREFIXES.iter().any(|p| upper.starts_with(p))
}

/// Environment that README snippets set for a terminal's sake and no user wants to be asked about.
pub(crate) fn is_noise_env(name: &str) -> bool {
    const NOISE: [&str; 17] = [
        "PYTHONIOENCODING",
        "PYTHONUNBUFFERED",
        "PYTHONUTF8",
        "PYTHONDONTWRITEBYTECODE",
        "HOME",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "SYSTEMROOT",
        "PROGRAMFILES",
        "TEMP",
        "TMP",
        "LANG",
        "TERM",
        "DISPLAY",
        "XAUTHORITY",
        "SSH_AUTH_SOCK",
    ];
    // What a desktop session sets by itself.
    const SESSION: [&str; 2] = ["DBUS_", "XDG_"];
    let about = |w: &String| matches!(w.as_str(), "color" | "colors" | "colour" | "traceback" | "emoji");
    let parts = words(name);
    let has = |list: &[&str]| parts.iter().any(|w| list.contains(&w.as_str()));
    // How its log looks is nobody's question; how much it says may be.
    let log = has(&["log", "logs", "logging", "logger"]) && has(&["pattern", "format", "verbosity", "style"]);
    log || NOISE.contains(&name.to_ascii_uppercase().as_str())
        || SESSION.iter().any(|s| name.starts_with(s))
        || parts.iter().any(about)
}

/// Whether a variable's own name says that it is for a special case: what is tried out, given up, or better left alone.
pub(crate) fn is_special(name: &str) -> bool {
    const ABOUT: [&str; 8] =
        ["experimental", "legacy", "deprecated", "deprecation", "unsafe", "unrestricted", "insecure", "suppress"];
    words(name).iter().any(|w| ABOUT.contains(&w.as_str()))
}

/// Whether a setting makes the server listen for others rather than talk to the app that started it.
pub(crate) fn is_http_mode(name: &str, value: &str) -> bool {
    const MODES: [&str; 7] =
        ["http", "sse", "streamable-http", "streamable_http", "streamablehttp", "http-stream", "remote"];
    let about = |w: &String| matches!(w.as_str(), "transport" | "mode" | "start");
    words(name).iter().any(about) && MODES.contains(&value.trim().to_lowercase().as_str())
}

/// Whether a cloud's own tools find what the variable says elsewhere, too: in their settings, at the place they run.
pub(crate) fn is_ambient(name: &str) -> bool {
    const FOUND: [&str; 11] = [
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "KUBECONFIG",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_CLOUD_PROJECT",
        "DOCKER_HOST",
        "AZURE_CLIENT_ID",
    ];
    FOUND.contains(&name)
}

/// Whether a variable turns something on or off.
pub(crate) fn is_switch(name: &str) -> bool {
    let about = |w: &String| matches!(w.as_str(), "enable" | "enabled" | "disable" | "disabled" | "no" | "skip");
    words(name).iter().any(about)
}

/// Whether a text is fit to be an environment variable's name.
pub(crate) fn is_env_name(name: &str) -> bool {
    let first = name.chars().next();
    name.len() <= 128
        && first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a variable concerns whoever operates the server as a service of their own, rather than its user: where it
/// listens, which transport it speaks, what it logs and reports.
pub(crate) fn is_operational(name: &str) -> bool {
    const ABOUT: [&str; 36] = [
        "transport",
        "telemetry",
        "otel",
        "analytics",
        "cors",
        "tls",
        "bind",
        "listen",
        "origins",
        "metrics",
        "prometheus",
        "sentry",
        "log",
        "logs",
        "logger",
        "logging",
        "loglevel",
        "dotenv",
        "jwks",
        "stateless",
        "oauthlib",
        "websocket",
        "uvicorn",
        "gunicorn",
        "nginx",
        "compose",
        "verbosity",
        "tracing",
        "traces",
        "healthcheck",
        "pythonpath",
        "gobin",
        "dbus",
        "otlp",
        "spring",
        "middleware",
    ];
    const ITSELF: [&str; 9] = ["mcp", "server", "fastmcp", "http", "https", "app", "sse", "web", "express"];
    let words = words(name);
    let has = |word: &str| words.iter().any(|w| w == word);
    if ABOUT.iter().any(|w| has(w))
        || has("allowed") && has("hosts")
        || has("rate") && has("limit")
        || name == "NODE_ENV"
    {
        return true;
    }
    // `HOST` and `MCP_PORT` are the server's own address; `REDIS_HOST` is what it talks to.
    let last = words.last().map_or("", String::as_str);
    let own = words.len() < 2 || ITSELF.contains(&words[words.len() - 2].as_str());
    matches!(last, "host" | "port" | "path" | "endpoint" | "address" | "hostname") && own
        || words.first().is_some_and(|w| w == "server")
        || words.len() == 1 && matches!(last, "debug" | "verbose" | "transport" | "mode" | "environment")
}

#[cfg(test)]
mod tests {
    use super::{is_dangerous_env, is_operational};

    #[test]
    fn environment_that_would_change_the_program() {
        for name in
            ["NODE_OPTIONS", "LD_PRELOAD", "PYTHONPATH", "npm_config_registry", "UV_INDEX_URL", "DYLD_INSERT_LIBRARIES"]
        {
            assert!(is_dangerous_env(name), "{name}");
        }
        assert!(!is_dangerous_env("GITHUB_TOKEN"));
    }

    #[test]
    fn settings_of_the_service_itself() {
        for name in [
            "MCP_TRANSPORT",
            "PORT",
            "HOST",
            "FASTMCP_PORT",
            "LOG_LEVEL",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "ALLOWED_HOSTS",
        ] {
            assert!(is_operational(name), "{name}");
        }
        for name in ["REDIS_HOST", "GRAFANA_URL", "API_KEY", "DB_PATH", "JIRA_USERNAME"] {
            assert!(!is_operational(name), "{name}");
        }
    }
}
