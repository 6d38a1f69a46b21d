import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DriverAnswer, DriverCommands, DriverRequest } from './driver-protocol.ts';

const HEAP_MIB = 8192;

/** A driver in a process of its own, so that its memory and processor time are not the server's. */
export interface Driver extends AsyncDisposable {
  readonly pid: number;
  call<K extends keyof DriverCommands>(
    command: K,
    ...argument: Parameters<DriverCommands[K]>
  ): ReturnType<DriverCommands[K]>;
}

export function startDriver(): Driver {
  const child = fork(join(import.meta.dirname, 'driver-process.ts'), [], {
    execArgv: [`--max-old-space-size=${HEAP_MIB}`],
    serialization: 'advanced',
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on('message', ({ id, value, error }: DriverAnswer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(`the driver: ${error}`));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the driver ended with ${code ?? signal}`));
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    call(command, ...[argument]) {
      calls += 1;
      const call = Promise.withResolvers<unknown>();
      waiting.set(calls, call);
      child.send({ id: calls, command, argument } satisfies DriverRequest);
      return call.promise as ReturnType<DriverCommands[typeof command]>;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
