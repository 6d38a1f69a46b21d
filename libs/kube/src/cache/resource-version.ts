/** Whether one resource version comes before another: they are decimal numbers of any length (Kubernetes 1.35 promises so). */
export function isOlder(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}
