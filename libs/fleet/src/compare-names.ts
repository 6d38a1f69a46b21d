/**
 * Order of names, byte by byte and without any locale: `cluster10` comes before `cluster2` (placement 6.6). Names of Kubernetes objects are
 * ASCII, where UTF-16 and bytes agree.
 *
 * @returns negative, 0 or positive, as `Array.sort` wants it
 */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
