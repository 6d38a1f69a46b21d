const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_LENGTH = 63;
const PREFIX_LENGTH = 253;
const NAME_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const PREFIX_RULE =
  "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

/** Why a text cannot be a label key (a qualified name); `undefined` when it can. */
export function labelKeyProblem(key: string): string | undefined {
  const parts = key.split('/');
  if (parts.length > 2) return `a qualified name ${NAME_RULE}, with an optional DNS subdomain prefix and '/'`;
  const name = parts.at(-1) ?? '';
  const problems = [...(parts.length === 2 ? prefixProblems(parts[0] ?? '') : []), ...nameProblems(name)];
  return problems.length === 0 ? undefined : problems.join('; ');
}

/** Why a text cannot be a label value; `undefined` when it can. The empty text can. */
export function labelValueProblem(value: string): string | undefined {
  const problems = [
    ...(value.length > NAME_LENGTH ? [`must be no more than ${NAME_LENGTH} characters`] : []),
    ...(value === '' || NAME.test(value) ? [] : [`a valid label must be an empty string or ${NAME_RULE.slice(5)}`]),
  ];
  return problems.length === 0 ? undefined : problems.join('; ');
}

function prefixProblems(prefix: string): readonly string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return [
    ...(prefix.length > PREFIX_LENGTH ? [`prefix part must be no more than ${PREFIX_LENGTH} characters`] : []),
    ...(PREFIX.test(prefix) ? [] : [PREFIX_RULE]),
  ];
}

function nameProblems(name: string): readonly string[] {
  if (name === '') return ['name part must be non-empty'];
  return [
    ...(name.length > NAME_LENGTH ? [`name part must be no more than ${NAME_LENGTH} characters`] : []),
    ...(NAME.test(name) ? [] : [`name part ${NAME_RULE}`]),
  ];
}
