/** References of images as task definitions hold them. */

export interface ImageParts {
  /** With its registry, as Docker completes it: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** https://github.com/distribution/reference/blob/main/reference.go */
export function partsOf(reference: string): ImageParts {
  const at = reference.indexOf('@');
  const digest = at < 0 ? null : reference.slice(at + 1);
  const named = at < 0 ? reference : reference.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  return {
    repository: completed(tagged ? named.slice(0, colon) : named),
    tag: tagged ? named.slice(colon + 1) : null,
    digest,
  };
}

/** Where there is a digest, the tag says nothing. */
export function canonicalImage(reference: string): string {
  const { repository, tag, digest } = partsOf(reference);
  return digest === null ? `${repository}:${tag ?? 'latest'}` : `${repository}@${digest}`;
}

/** For one line on a telephone: `api@sha256:1f3c88a0e1b2`, `api:v3`. */
export function shortImage(reference: string): string {
  const { repository, tag, digest } = partsOf(reference);
  const name = repository.split('/').at(-1) ?? repository;
  if (digest !== null) return `${name}@${digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1')}`;
  return `${name}:${tag ?? 'latest'}`;
}

function completed(name: string): string {
  const [first = ''] = name.split('/', 1);
  const hasRegistry = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  if (hasRegistry) return name.replace(/^index\.docker\.io\//, 'docker.io/');
  return name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`;
}
