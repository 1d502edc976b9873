/** What a kubelet makes of the name of an image. */

import { createHash } from 'node:crypto';

/** Grammar of distribution/reference, as far as names go wrong in practice; null: it is valid. */
export function invalidImageName(image: string): string | null {
  const name = /^(?:[\w.-]+(?::\d+)?\/)?[\w./-]*\w(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
  if (!name.test(image)) return 'invalid reference format';
  const [first = '', ...path] = image.replace(/(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?$/, '').split('/');
  const isHost =
    path.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const repository = isHost ? path.join('/') : [first, ...path].join('/');
  if (repository === repository.toLowerCase()) return null;
  const remote = repository.includes('/') || isHost ? repository : `library/${repository}`;
  return `invalid reference format: repository name (${remote}) must be lowercase`;
}

/** By digest: the one that is asked for, else one that the name alone decides. */
export function imageIdOf(image: string): string {
  const [, repository = image, digest] = /^(.*?)(?::[^:/@]+)?(?:@(sha256:[0-9a-f]+))?$/.exec(image) ?? [];
  return `${repository}@${digest ?? `sha256:${createHash('sha256').update(image).digest('hex')}`}`;
}

/** As containerd says it. */
export function notFound(image: string): string {
  const resolve = `failed to resolve reference "${image}": ${image}: not found`;
  return `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": ${resolve}`;
}
