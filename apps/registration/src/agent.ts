// The registration agent for processes that run more than one agent.
export { agentFlags, type AgentSettings } from './agent/agent-flags.ts';
export { type ConnectionReport, createConnectionReport } from './agent/diagnosis/connection-report.ts';
export { type AgentHealth, createAgentHealth } from './agent/agent-health.ts';
export { type AgentOptions, runAgent } from './agent/run-agent.ts';
