// What the benches share with the demo: the same fleet, joined in the same way.
export type { Component } from './components.ts';
export { joinCluster, type JoinedCluster } from './managed-cluster.ts';
export { openScene, type Scene } from './scene.ts';
