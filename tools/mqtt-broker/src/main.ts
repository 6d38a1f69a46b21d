import { MqttBrokerError, provideMqttBroker } from './provide.ts';

/** Exit status: 0 provided, 1 could not, 130 interrupted. */
async function main(): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    const startMs = performance.now();
    const path = await provideMqttBroker({ env: process.env, signal: stop.signal, progress: show });
    console.log(`${path} (${((performance.now() - startMs) / 1000).toFixed(1)} s)`);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    console.error(error instanceof MqttBrokerError ? error.message : error);
    return 1;
  }
}

function show(step: string): void {
  console.error(`${step} ...`);
}

process.exitCode = await main();
