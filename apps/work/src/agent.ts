export { runWorkAgent, type WorkAgentOptions } from './agent/run-work-agent.ts';
export { standardIntervals, type WorkAgentIntervals } from './agent/intervals.ts';
export type { WorkSource } from './agent/source/work-source.ts';
export { kubeWorkSource, type KubeWorkSourceOptions } from './agent/source/kube-work-source.ts';
export { hubHashOf } from './agent/hub-hash.ts';
