/** Reference profiles: what a comparison needs of the reference, small enough to commit. */

export { isProfile, openProfile, requireSize } from './read.ts';
export { profileOf } from './write.ts';
