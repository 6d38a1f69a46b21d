import type { KubeBinary } from './binaries.ts';

/** What is being done right now; reported often, shown as seldom as the terminal wants. */
export type Progress =
  | { readonly kind: 'waiting'; readonly forPid: number }
  /** `totalBytes` is undefined when the server does not say. */
  | {
      readonly kind: 'downloading';
      readonly binary: KubeBinary;
      readonly receivedBytes: number;
      readonly totalBytes: number | undefined;
    }
  | { readonly kind: 'download-failed'; readonly reason: string }
  | {
      readonly kind: 'building';
      readonly binaries: readonly KubeBinary[];
      /** Packages compiled so far; those in Go's build cache do not count. */
      readonly packages: number;
      readonly step: string;
    };

/** One line for a person, without the time. */
export function describeProgress(progress: Progress): string {
  switch (progress.kind) {
    case 'waiting':
      return `waiting for process ${progress.forPid}, which provides the same binaries`;
    case 'downloading': {
      const { binary, receivedBytes, totalBytes } = progress;
      const total = totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`;
      return `downloading ${binary}: ${megabytes(receivedBytes)}${total} MB`;
    }
    case 'download-failed':
      return `no official download (${progress.reason}); building with Go`;
    case 'building': {
      const { binaries, packages, step } = progress;
      return `building ${binaries.join(', ')}: ${packages} packages compiled, now ${step}`;
    }
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
