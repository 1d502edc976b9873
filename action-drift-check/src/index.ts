import { runAction } from '../../core/run/index.ts';
import { driftCheck } from './main.ts';

await runAction(driftCheck);
