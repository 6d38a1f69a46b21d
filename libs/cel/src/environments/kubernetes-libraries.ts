import { cidrLibrary } from '../libraries/cidr-library.ts';
import { formatLibrary } from '../libraries/format-library.ts';
import { ipLibrary } from '../libraries/ip-library.ts';
import type { Library } from '../libraries/library.ts';
import { listLibrary } from '../libraries/list-library.ts';
import { optionalLibrary } from '../libraries/optional-library.ts';
import { quantityLibrary } from '../libraries/quantity-library.ts';
import { regexLibrary } from '../libraries/regex-library.ts';
import { semverLibrary } from '../libraries/semver-library.ts';
import { stringLibrary } from '../libraries/string-library.ts';
import { urlLibrary } from '../libraries/url-library.ts';

/** Beyond the standard library: optional types, string extensions, and the libraries of Kubernetes (placement 5.4.3, work 11.5). */
export const kubernetesLibraries: readonly Library[] = [
  optionalLibrary,
  stringLibrary,
  listLibrary,
  regexLibrary,
  urlLibrary,
  quantityLibrary,
  ipLibrary,
  cidrLibrary,
  formatLibrary,
  semverLibrary,
];
