import { expect, test } from '@jest/globals';
import type { Progress } from './progress.ts';
import { displayProgress } from './progress-display.ts';

const downloading = (receivedBytes: number): Progress => ({
  kind: 'downloading',
  binary: 'etcd',
  receivedBytes,
  totalBytes: 20_000_000,
});

function display(options: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  const clock = { nowMs: 0 };
  const shown = displayProgress({ ...options, write: (text) => written.push(text) }, () => clock.nowMs);
  return { shown, written, clock };
}

test('a terminal has one line, written over five times a second at most', () => {
  const { shown, written, clock } = display({ isTTY: true });
  shown.show(downloading(1_000_000));
  clock.nowMs = 100;
  shown.show(downloading(2_000_000));
  clock.nowMs = 61_000;
  shown.show(downloading(3_000_000));
  shown.end();
  expect(written).toEqual([
    '\r\u001B[K0:00 downloading etcd: 1.0 of 20.0 MB',
    '\r\u001B[K1:01 downloading etcd: 3.0 of 20.0 MB',
    '\r\u001B[K',
  ]);
});

test('a line is never longer than the terminal is wide', () => {
  const { shown, written } = display({ isTTY: true, columns: 20 });
  shown.show(downloading(1));
  shown.end();
  expect(written[0]).toBe('\r\u001B[K0:00 downloading et');
});

test('a log gets a line every 15 s, and one at once when something else begins', () => {
  const { shown, written, clock } = display({});
  shown.show(downloading(1_000_000));
  clock.nowMs = 14_000;
  shown.show(downloading(2_000_000));
  clock.nowMs = 15_000;
  shown.show(downloading(3_000_000));
  shown.show({ kind: 'download-failed', reason: 'HTTP 404' });
  shown.show({ kind: 'building', binaries: ['etcd'], packages: 0, step: 'looking for packages' });
  shown.show({ kind: 'building', binaries: ['kubelet'], packages: 3, step: 'linking k8s.io/kubernetes/cmd/kubelet' });
  shown.end();
  expect(written).toEqual([
    '0:00 downloading etcd: 1.0 of 20.0 MB\n',
    '0:15 downloading etcd: 3.0 of 20.0 MB\n',
    '0:15 no official download (HTTP 404); building with Go\n',
    '0:15 building etcd: 0 packages compiled, now looking for packages\n',
    '0:15 building kubelet: 3 packages compiled, now linking k8s.io/kubernetes/cmd/kubelet\n',
  ]);
});
