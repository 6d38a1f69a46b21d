// Starts a control plane, prints what belongs to it, and never stops it. Run by supervisor.integration.test.ts.
import { startControlPlane } from '../src/index.ts';

const cp = await startControlPlane({ controllerManager: true, crds: false });
process.stdout.write(`${JSON.stringify({ directory: cp.directory, pids: Object.values(cp.pids) })}\n`);
if (process.argv[2] !== 'exit') setInterval(() => undefined, 1000);
