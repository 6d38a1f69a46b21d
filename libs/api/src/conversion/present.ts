/** The object without its undefined members. */
export function present<T extends object>(members: { readonly [Name in keyof T]: T[Name] | undefined }): T {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}
