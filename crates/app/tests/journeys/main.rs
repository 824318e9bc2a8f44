//! Journeys through the engine, exactly as the window makes them: paste, analysis, answers, deploy, Ready, a tool's answer.

mod engine;
mod real_servers;
