/** The image that is to be deployed: its name, its digest, what it was built for and what was found in it. */

export { parseImageReference } from './reference.ts';
export { resolveImage } from './resolve.ts';
export { countUnrated } from './scan/findings.ts';
export { type ScanOptions, scanImage } from './scan/index.ts';
