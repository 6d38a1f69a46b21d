import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { type Clock, silentLogger, systemClock } from '@ocm/kube';
import { Connections } from './connections.ts';

const MIB = 1024 * 1024;

/** A connection to which bytes come when told. */
class TestSocket extends EventEmitter {
  readonly remoteAddress = '10.0.0.1';
  readonly localAddress = '10.0.0.9';
  readonly localPort = 8090;
  readonly remotePort: number;
  bytesRead = 0;
  bytesWritten = 0;
  isDestroyed = false;

  constructor(remotePort: number) {
    super();
    this.remotePort = remotePort;
  }

  get peer(): string {
    return `${this.remoteAddress}:${this.remotePort}`;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
}

function setUp(count = 3) {
  const timer = { run: (): void => {} };
  const clock: Clock = {
    ...systemClock,
    schedule(_ms, run) {
      timer.run = run;
      return () => undefined;
    },
  };
  const stopping = new AbortController();
  const open: string[] = [];
  const connections = new Connections({
    metrics: {
      connected: ({ remote }) => open.push(remote),
      disconnected: ({ remote }) => open.splice(open.indexOf(remote), 1),
    },
    clock,
    log: silentLogger,
    mostUnfinishedBytes: 256 * MIB,
    signal: stopping.signal,
  });
  const sockets = Array.from({ length: count }, (_, index) => new TestSocket(index + 1));
  for (const socket of sockets) connections.add(socket);
  const cut = (): readonly boolean[] => sockets.map(({ isDestroyed }) => isDestroyed);
  return { connections, sockets, open, look: () => timer.run(), cut };
}

describe('connections', () => {
  test('those that hold most of what is not complete are cut when it is too much', () => {
    const { sockets, look, cut, open } = setUp();
    [200, 30, 40].forEach((mebibytes, index) => Object.assign(sockets[index] ?? {}, { bytesRead: mebibytes * MIB }));
    look();
    expect(cut()).toEqual([true, false, false]);
    look();
    expect(open).toEqual(['10.0.0.1:2', '10.0.0.1:3']);
  });

  test('what is complete does not count, however much it is', () => {
    const { connections, sockets, look, cut } = setUp(1);
    for (let call = 0; call < 1000; call += 1) {
      for (const socket of sockets) {
        socket.bytesRead += MIB + 300;
        connections.settle(socket.peer, MIB);
      }
      look();
    }
    expect(cut()).toEqual([false]);
  });

  test('nobody saves up by small requests for a large one', () => {
    const { connections, sockets, look, cut } = setUp(1);
    for (const socket of sockets) {
      for (let call = 0; call < 1_000_000; call += 1) connections.settle(socket.peer, 10);
      socket.bytesRead = 300 * MIB;
    }
    look();
    expect(cut()).toEqual([true]);
  });

  test('one that only receives, and answers pings, lives for ever', () => {
    const { sockets, look, cut } = setUp(1);
    for (let moment = 0; moment < 100_000; moment += 1) {
      for (const socket of sockets) {
        socket.bytesWritten += 10 * MIB;
        socket.bytesRead += 10 * 32 * 13 + 200;
      }
      look();
    }
    expect(cut()).toEqual([false]);
  });

  test('calls that have begun count, though hardly a byte came with them, until they are complete or gone', () => {
    const { connections, sockets, look, cut } = setUp(2);
    const calls = 32_769; // of 8 KiB
    const [begun, settled] = sockets.map((socket) => () => connections.begin(socket));
    for (let call = 0; call < calls; call += 1) {
      const close = begun?.();
      if (call > 0) close?.();
      settled?.();
      connections.settle('10.0.0.1:2', 0);
    }
    look();
    expect(cut()).toEqual([false, false]);
    for (let call = 1; call < calls; call += 1) begun?.();
    look();
    expect(cut()).toEqual([true, false]);
  });

  test('a call that is over does not make up for one that has begun', () => {
    const { connections, sockets, look, cut } = setUp(1);
    for (let call = 0; call < 32_769; call += 1) {
      for (const socket of sockets) {
        connections.begin(socket);
        const close = connections.begin(socket);
        const over = connections.settle(socket.peer, 0);
        close?.();
        over();
      }
    }
    look();
    expect(cut()).toEqual([true]);
  });

  test('begins no call for the connection of another server', () => {
    const { connections } = setUp(1);
    const ends = { remoteAddress: '10.0.0.1', remotePort: 1, localPort: 8090 };
    expect(connections.begin(ends)).toBeDefined();
    expect(connections.begin({ ...ends, localPort: 9090 })).toBeUndefined();
    expect(connections.begin({ ...ends, remotePort: 1000 })).toBeUndefined();
  });

  test('can be waited for, and cut one by one', async () => {
    const { connections, sockets, cut } = setUp(2);
    connections.cut('10.0.0.1:2');
    connections.cut('nobody');
    expect(cut()).toEqual([false, true]);
    const ended = connections.ended(60_000);
    sockets[0]?.destroy();
    await ended;
    await connections.ended(60_000);
  });
});
