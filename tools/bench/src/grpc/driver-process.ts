import type { DriverAnswer, DriverCommands, DriverRequest } from './driver-protocol.ts';
import { FleetDriver } from './fleet-driver.ts';

// The process of `startDriver`. It ends with whoever started it.
const driver: DriverCommands = new FleetDriver();

process.on('message', (request: DriverRequest) => void answer(request));
process.on('disconnect', () => process.exit());

async function answer({ id, command, argument }: DriverRequest): Promise<void> {
  const run = driver[command].bind(driver) as (argument: unknown) => Promise<unknown>;
  let reply: DriverAnswer;
  try {
    reply = { id, value: await run(argument) };
  } catch (error) {
    reply = { id, error: String(error) };
  }
  process.send?.(reply);
}
