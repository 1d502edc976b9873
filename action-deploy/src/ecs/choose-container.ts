/** Which container gets the image. */

import { nearest } from '../../../core/gate/index.ts';
import { InputError, quote } from '../../../core/inputs/index.ts';
import { partsOf } from './images.ts';
import type { JsonObject } from './json.ts';
import { imagesOf } from './task-definition.ts';

const input = 'container-name';

/**
 * The one that is given; else the only one; else the one that runs this repository.
 *
 * @param given the input `container-name`; null: none
 * @param repository of the image, with its registry
 * @throws InputError that names the containers
 */
export function chooseContainer(definition: JsonObject, given: string | null, repository: string): string {
  const images = imagesOf(definition);
  const names = images.map(({ container }) => container);
  if (given !== null) {
    if (names.includes(given)) return given;
    const near = nearest(given, names);
    throw new InputError([
      {
        input,
        message: `the task definition has no container ${quote(given)}`,
        allowed: names.join(', '),
        ...(near === undefined ? {} : { nearest: near }),
      },
    ]);
  }
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const running = images.filter(({ image }) => partsOf(image).repository === partsOf(repository).repository);
  const [one] = running;
  if (one !== undefined && running.length === 1) return one.container;
  const several = running.length > 1;
  const listed = several ? running.map(({ container }) => container) : names;
  throw new InputError([
    {
      input,
      message: several
        ? `${running.length} containers run ${repository}; say which one gets the image`
        : `none of the ${names.length} containers runs ${repository}; say which one gets the image`,
      allowed: listed.join(', '),
    },
  ]);
}
