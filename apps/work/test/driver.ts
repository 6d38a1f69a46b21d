import { test as jestTest } from '@jest/globals';

/** What the agents of a test file get their works over. */
export type DriverName = 'kube' | 'grpc';

let chosen: DriverName = 'kube';

/** Everything in this file is done over gRPC; call it before the tests are defined. */
export function overGrpc(): void {
  chosen = 'grpc';
}

export function driverName(): DriverName {
  return chosen;
}

const titled = (title: string): string => (chosen === 'grpc' ? `${title} [work 74]` : title);

/** A test of something that events do not have; the comment at each says what. */
export function kubeOnly(title: string, run: () => Promise<void>): void {
  if (chosen === 'kube') jestTest(title, run);
}

/** A test that is run over each driver; its title says when it is gRPC. */
export const test = Object.assign(
  (...[title, ...rest]: Parameters<typeof jestTest>) => jestTest(titled(String(title)), ...rest),
  {
    each:
      (table: readonly unknown[]) =>
      (title: string, ...rest: readonly unknown[]) =>
        (jestTest.each(table) as (title: string, ...rest: readonly unknown[]) => void)(titled(title), ...rest),
  },
) as unknown as typeof jestTest;
