import type { BuildInfo } from '@ocm/service';

/** Filled in by the bundler (tools/build). */
declare const OCM_BUILD_INFO: BuildInfo | undefined;

const fromSource: BuildInfo = {
  major: '0',
  minor: '1',
  gitVersion: 'v0.1.0',
  gitCommit: 'unknown',
  gitTreeState: 'unknown',
  buildDate: '1970-01-01T00:00:00Z',
};

/** What this program was built from; a placeholder when it runs from source. */
export const buildInfo: BuildInfo = typeof OCM_BUILD_INFO === 'undefined' ? fromSource : OCM_BUILD_INFO;
